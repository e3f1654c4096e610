"""What people outside may ask of Odoo, and that nothing else gets through."""

from __future__ import annotations

import ast
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zenoo_security import RequestGuard
from zenoo_security.client import SecureZenooClient
from zenoo_security.errors import InvalidInput, PermissionDenied, PolicyError, RequestRefused
from zenoo_security.request_guard import CallLimits, Commands, ModelRules
from zenoo_security.request_guard.methods import SIGNATURES
from zenoo_security.request_guard.refused import is_refused, is_refused_model

SECRET = "zq7secret"
PARTNER = ModelRules(
    methods=sorted(SIGNATURES),
    read=["name", "email", "display_name", "child_ids", "color"],
    write=["name", "email", "child_ids", "category_id"],
    create=["name", "child_ids"],
    search={"name": "char", "color": "integer", "parent_id": "many2one tree", "parent_id.name": "char"},
    commands={
        "child_ids": Commands("res.partner", ["create", "update", "unlink", "link", "clear", "set"]),
        "category_id": Commands("res.partner.category", ["link"]),
    },
    calls={"action_confirm": ["ids"], "message_post": ["ids", "body"], "ping": []},
)
GUARD_OPTIONS = {
    "context": ["lang", "allowed_company_ids"],
    "limits": CallLimits(limit=50, offset=200, ids=6, records=2, names=2, values=200, text_bytes=5_000, leaves=4),
}
GUARD = RequestGuard(
    {"res.partner": PARTNER, "res.partner.category": ModelRules()},
    **GUARD_OPTIONS,
)


def code_of(method, args=(), kwargs=None, model="res.partner"):
    with pytest.raises(RequestRefused) as refused:
        GUARD.check(model, method, args, kwargs)
    assert SECRET not in repr(refused.value)
    return refused.value.code


def passed(method, args=(), kwargs=None):
    call = GUARD.check("res.partner", method, args, kwargs)
    return call.args, call.kwargs


@pytest.mark.parametrize(
    ("method", "args", "kwargs", "expected"),
    [
        ("search", [[]], {}, ([[(1, "=", 1)]], {"limit": 50})),
        ("search", [[["name", "=", "A"]], 10, 20, "name desc"], {}, ([[("name", "=", "A")]], {"offset": 10, "limit": 20, "order": "name desc"})),
        ("search", [], {"domain": [], "limit": 0}, ([[(1, "=", 1)]], {"limit": 50})),
        ("search", [[]], {"limit": 51, "order": "name ,  id DESC"}, ([[(1, "=", 1)]], {"limit": 50, "order": "name, id DESC"})),
        ("search_count", [[]], {}, ([[(1, "=", 1)]], {"limit": 250})),
        ("search_read", [], {"fields": ["id", "name", "name"]}, ([], {"fields": ["id", "name"], "limit": 50})),
        ("search_read", [], {}, ([], {"fields": ["name", "email", "display_name", "child_ids", "color"], "limit": 50})),
        ("read", [7], {"load": None, "fields": ["name"]}, ([[7]], {"fields": ["name"], "load": None})),
        ("read", [(7, 8), ["name"]], {}, ([[7, 8]], {"fields": ["name"]})),
        ("name_search", ["A"], {"operator": "=ilike", "limit": None}, ([], {"name": "A", "operator": "=ilike", "limit": 50})),
        ("formatted_read_group", [[]], {"groupby": ["name"], "aggregates": ["__count", "color:sum"], "order": "color:sum desc", "having": []},
         ([[(1, "=", 1)]], {"groupby": ["name"], "aggregates": ["__count", "color:sum"], "having": [], "order": "color:sum desc", "limit": 50})),
        ("create", [{"name": "A"}], {}, ([{"name": "A"}], {})),
        ("create", [], {"vals_list": [{"name": "A"}, {}]}, ([[{"name": "A"}, {}]], {})),
        ("write", [[7], {"name": "A", "email": False}], {}, ([[7], {"name": "A", "email": False}], {})),
        ("write", [[7], {"child_ids": [(0, 0, {"name": "B"}), (1, 8, {"email": "b"}), [3, 9], [4, 9, 0], [5], [6, 0, [1, 2]]]}], {},
         ([[7], {"child_ids": [[0, 0, {"name": "B"}], [1, 8, {"email": "b"}], [3, 9, 0], [4, 9, 0], [5, 0, 0], [6, 0, [1, 2]]]}], {})),
        ("write", [[7], {"child_ids": False}], {}, ([[7], {"child_ids": [[5, 0, 0]]}], {})),
        ("write", [[7], {"child_ids": []}], {}, ([[7], {"child_ids": []}], {})),
        ("copy", [[7]], {"default": {"name": "B"}}, ([[7]], {"default": {"name": "B"}})),
        ("unlink", [[7]], {}, ([[7]], {})),
        ("has_access", [[7], "write"], {}, ([[7], "write"], {})),
        ("fields_get", [["name"]], {"attributes": ["type"]}, ([], {"allfields": ["name"], "attributes": ["type"]})),
        ("action_archive", [7], {}, ([[7]], {})),
        ("action_confirm", [[7]], {}, ([[7]], {})),
        ("message_post", [[7]], {"body": "hello"}, ([[7]], {"body": "hello"})),
        ("ping", [], {}, ([], {})),
        ("read", [[7]], {"fields": ["name"], "context": {"lang": "de_DE", "allowed_company_ids": [1, 2]}},
         ([[7]], {"fields": ["name"], "context": {"lang": "de_DE", "allowed_company_ids": [1, 2]}})),
    ],
)  # fmt: skip
@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-15.3.3")
def test_what_is_declared_passes_with_its_limits_written_in(method, args, kwargs, expected):
    assert passed(method, args, kwargs) == expected


REFUSED = [
    # Methods.
    ("request_method", "web_read", [[7]], {}),
    ("request_method", "_write", [[7], {}], {}),
    ("request_method", "__class__", [], {}),
    ("request_method", "sudo", [], {}),
    ("request_method", "read ", [[7]], {}),
    ("request_method", None, [], {}),
    ("request_method", ["read"], [], {}),
    # Shapes of arguments.
    ("request_arguments", "read", [[7], ["name"], "_classic_read", {}], {}),
    ("request_arguments", "read", [[7], ["name"]], {"fields": ["name"]}),
    ("request_arguments", "read", [[7]], {"sudo": True}),
    ("request_arguments", "read", [], {"fields": ["name"]}),
    ("request_arguments", "read", {"ids": [7]}, {}),
    ("request_arguments", "read", [[7]], []),
    ("request_arguments", "search", [], {}),
    ("request_arguments", "write", [[7]], {}),
    ("request_arguments", "has_access", [[7], "sudo"], {}),
    ("request_arguments", "read", [[7]], {"load": "_classic_write"}),
    ("request_arguments", "read", [[7]], {"load": ["a"]}),
    ("request_arguments", "ping", [[7]], {}),
    ("request_arguments", "message_post", [[7]], {"partner_ids": [1]}),
    ("request_value", "message_post", [[7]], {"body": {"a": 1}}),
    ("not_json", "read", [{7}], {}),
    ("not_json", "write", [[7], {5: 1}], {}),
    ("out_of_range", "write", [[7], {"name": float("nan")}], {}),
    ("out_of_range", "write", [[2**63], {}], {}),
    ("encoding", "write", [[7], {"name": SECRET + "\ud800"}], {}),
    ("control", "write", [[7], {"name": SECRET + "\0"}], {}),
    ("control", "read", [[7]], {"context": {"lang": "\0"}}),
    ("domain_operator_field", "search", [[["parent_id", "ilike", SECRET]]], {}),
    ("domain_value_field", "search", [[["parent_id", "child_of", SECRET]]], {}),
    ("too_large", "write", [[7], {"name": SECRET * 1000}], {}),
    ("too_large", "write", [list(range(1, 300)), {}], {}),
    # Records.
    ("request_ids", "read", ["7"], {}),
    ("request_ids", "read", [["7"]], {}),
    ("request_ids", "read", [[0]], {}),
    ("request_ids", "read", [[-1]], {}),
    ("request_ids", "read", [[2**31]], {}),
    ("request_ids", "read", [2**31], {}),
    ("request_ids", "read", [[True]], {}),
    ("request_ids", "read", [True], {}),
    ("request_ids", "read", [[7.0]], {}),
    ("request_ids", "read", [None], {}),
    ("request_ids", "unlink", [[[7]]], {}),
    ("request_too_many", "read", [[1, 2, 3, 4, 5, 6, 7]], {}),
    ("request_too_many", "create", [[{}, {}, {}]], {}),
    ("request_too_many", "copy", [[1, 2, 3]], {}),
    # Fields.
    ("request_field", "read", [[7], ["name", "vat"]], {}),
    ("request_field", "read", [[7], [SECRET + "<"]], {}),
    ("request_arguments", "read", [[7], "name"], {}),
    ("request_arguments", "read", [[7], [["name"]]], {}),
    ("request_field", "write", [[7], {"group_ids": [[4, 1]]}], {}),
    ("request_field", "write", [[7], {"company_id": 1}], {}),
    ("request_field", "write", [[7], {"active": True}], {}),
    ("request_field", "write", [[7], {"id": 1}], {}),
    ("request_field", "create", [{"email": "a"}], {}),
    ("request_field", "create", [[{"name": "a"}, {"email": "a"}]], {}),
    ("request_field", "copy", [[7]], {"default": {"email": "a"}}),
    ("request_arguments", "create", ["a"], {}),
    ("request_arguments", "create", [[["a"]]], {}),
    ("request_value", "write", [[7], {"name": ["a"]}], {}),
    ("request_value", "write", [[7], {"name": {"en_US": "a"}}], {}),
    ("request_field", "fields_get", [["password"]], {}),
    ("request_field", "fields_get", [], {"attributes": ["groups"]}),
    # Commands.
    ("request_command", "write", [[7], {"child_ids": {"a": 1}}], {}),
    ("request_command", "write", [[7], {"child_ids": [7]}], {}),
    ("request_command", "write", [[7], {"category_id": False}], {}),
    ("request_command", "write", [[7], {"category_id": None}], {}),
    ("request_command", "write", [[7], {"child_ids": "a"}], {}),
    ("request_command", "write", [[7], {"child_ids": 0}], {}),
    ("request_command", "write", [[7], {"child_ids": [[1, 8, {"child_ids": [[0, 0, {"child_ids": 5}]]}]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[2, 8]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [["4", 8]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[True, 8, {}]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[4, 8, 0, 0]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[4, 0]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[4, [8]]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[0, 8, {}]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[5, 8]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[4, 8, {"name": "a"}]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[7, 8]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[5]] * 7}], {}),
    ("request_command", "write", [[7], {"category_id": [[6, 0, [1]]]}], {}),
    ("request_ids", "write", [[7], {"child_ids": [[6, 0, ["1"]]]}], {}),
    ("request_ids", "write", [[7], {"child_ids": [[6, 0, [2**31]]]}], {}),
    ("request_command", "write", [[7], {"child_ids": [[1, 2**31, {}]]}], {}),
    ("request_field", "write", [[7], {"child_ids": [[0, 0, {"email": "a"}]]}], {}),
    ("request_field", "write", [[7], {"child_ids": [[1, 8, {"active": False}]]}], {}),
    ("request_field", "write", [[7], {"child_ids": [[0, 0, {"child_ids": [[0, 0, {"vat": 1}]]}]]}], {}),
    # The context.
    ("request_context", "read", [[7]], {"context": {"active_test": False}}),
    ("request_context", "read", [[7]], {"context": {"default_name": SECRET}}),
    ("request_context", "read", [[7]], {"context": {"tracking_disable": True}}),
    ("request_context", "read", [[7]], {"context": {"lang": {"a": 1}}}),
    ("request_context", "read", [[7]], {"context": {"lang": "a" * 257}}),
    ("request_context", "read", [[7]], {"context": [["lang", "de_DE"]]}),
    ("request_ids", "read", [[7]], {"context": {"allowed_company_ids": ["1"]}}),
    # Windows.
    ("request_limit", "search", [[]], {"limit": -1}),
    ("request_limit", "search", [[]], {"limit": True}),
    ("request_limit", "search", [[]], {"limit": "5"}),
    ("request_limit", "search", [[]], {"limit": 5.0}),
    ("request_limit", "search", [[]], {"offset": 201}),
    ("request_limit", "search", [[]], {"offset": -1}),
    ("request_order", "search", [[]], {"order": "vat"}),
    ("request_order", "search", [[]], {"order": "name; drop table"}),
    ("request_order", "search", [[]], {"order": "name desc desc"}),
    ("request_order", "search", [[]], {"order": "parent_id.name"}),
    ("request_order", "search", [[]], {"order": "color:sum"}),
    ("request_order", "search_read", [], {"order": "__count"}),
    ("request_order", "formatted_read_group", [[]], {"order": "vat:sum"}),
    ("request_order", "formatted_read_group", [[]], {"order": "color:array_agg"}),
    ("request_group", "formatted_read_group", [[]], {"groupby": ["__count"]}),
    ("request_group", "formatted_read_group", [[]], {"aggregates": ["color"]}),
    ("request_order", "search", [[]], {"order": ["name"]}),
    ("request_order", "search", [[]], {"order": "name,"}),
    ("request_too_many", "search", [[]], {"order": "name,name,name"}),
    ("request_group", "formatted_read_group", [[]], {"groupby": ["vat"]}),
    ("request_group", "formatted_read_group", [[]], {"groupby": ["name:sum"]}),
    ("request_group", "formatted_read_group", [[]], {"aggregates": ["name:array_agg"]}),
    ("request_group", "formatted_read_group", [[]], {"aggregates": ["vat:sum"]}),
    ("request_group", "formatted_read_group", [[]], {"groupby": [["name"]]}),
    ("request_arguments", "formatted_read_group", [[]], {"groupby": "name"}),
    ("request_arguments", "formatted_read_group", [[]], {"having": [["color:sum", ">", 1]]}),
    ("request_too_many", "formatted_read_group", [[]], {"groupby": ["name"] * 3}),
    # Domains.
    ("domain_field_refused", "search", [[["email", "=", SECRET]]], {}),
    ("domain_field_refused", "search_read", [], {"domain": [["parent_id", "any", [["email", "=", 1]]]]}),
    ("domain_operator_field", "search", [[["name", "child_of", 1]]], {}),
    ("domain_value_field", "search", [[["color", "=", "red"]]], {}),
    ("domain_bypass", "search", [[["parent_id", "any!", []]]], {}),
    ("domain_too_many_leaves", "search_count", [[["name", "=", "a"]] * 5], {}),
    ("type", "search", ["x"], {}),
    ("domain_field_refused", "name_search", [], {"domain": [["vat", "=", 1]]}),
    ("request_value", "name_search", [5], {}),
    ("request_arguments", "name_search", ["a"], {"operator": "any"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "method", "args", "kwargs"), REFUSED)
@pytest.mark.asvs("v5.0.0-2.2.1", "v5.0.0-2.2.2", "v5.0.0-8.2.2", "v5.0.0-15.3.3")
def test_everything_else_is_refused(code, method, args, kwargs):
    assert code_of(method, args, kwargs) in {code, "json"}


def test_a_model_without_rules_is_refused_like_a_method():
    for model in ("res.users", "ir.rule", SECRET, "", None, ["res.partner"], {}):
        assert code_of("read", [[7]], model=model) == "request_method"


def test_what_was_checked_is_a_copy_and_the_arguments_stay_as_they_were():
    vals = {"name": "A", "child_ids": [[0, 0, {"name": "B"}]]}
    given = [[7], vals]
    before = copy.deepcopy(given)
    call = GUARD.check("res.partner", "write", given)
    vals["name"] = vals["child_ids"][0][2]["active"] = SECRET
    assert call.args == before
    assert (
        GUARD.check("res.partner", "search_read").kwargs["fields"]
        is not GUARD.check("res.partner", "search_read").kwargs["fields"]
    )


def test_a_refusal_is_denied_permission_and_invalid_input():
    with pytest.raises(RequestRefused) as refused:
        GUARD.check("res.partner", "write", [[7], {"active": SECRET}])
    assert isinstance(refused.value, PermissionDenied)
    assert isinstance(refused.value, InvalidInput)
    assert (refused.value.code, refused.value.field) == ("request_field", "active")
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


@pytest.mark.asvs("v5.0.0-16.3.2", "v5.0.0-16.3.3")
def test_a_refusal_is_a_line_of_the_audit_log_without_values(caplog):
    caplog.set_level("INFO", logger="zenoo_security.audit")
    for args in ([[7], {"active": SECRET}], [[7], {SECRET + "<": 1}]):
        with pytest.raises(RequestRefused):
            GUARD.check("res.partner", "write", args)
    assert SECRET not in caplog.text
    assert [(record.event["name"], record.event["field"]) for record in caplog.records] == [
        ("authz_fail", "active"),
        ("authz_fail", None),
    ]
    assert all(record.event["reason"] == "request_field" for record in caplog.records)


MODELS_OF_ODOO = {"res.partner": {"methods": ["read"], "read": ["name"]}}


@pytest.mark.parametrize(
    ("models", "place"),
    [
        ({"res.partner": {"methods": ["_read"]}}, "private"),
        ({"res.partner": {"methods": ["sudo"]}}, "sudo"),
        ({"res.partner": {"methods": ["web_read"]}}, "web_read"),
        ({"res.partner": {"methods": ["load"]}}, "load"),
        ({"res.partner": {"methods": ["action_confirm"]}}, "calls"),
        ({"res.partner": {"methods": "read"}}, "methods"),
        ({"res.partner": {"methods": ["name_search"]}}, "display_name"),
        ({"res.partner": {"calls": {"run": []}}}, "run"),
        ({"res.partner": {"calls": {"onchange_name": []}}}, "onchange_name"),
        ({"res.partner": {"calls": {"read": []}}}, "methods"),
        ({"res.partner": {"calls": {"a": "ids"}}}, "calls.a"),
        ({"res.partner": {"calls": ["a"]}}, "calls"),
        ({"res.partner": {"calls": {"a": ["ids", "context"]}}}, "calls.a"),
        ({"res.partner": {"write": ["child_ids"]}}, "child_ids"),
        ({"res.partner": {"create": ["child_ids"]}}, "child_ids"),
        ({"res.partner": {"read": ["a.b"]}}, "read"),
        ({"res.partner": {"write": [5]}}, "write"),
        ({"res.partner": {"reed": ["a"]}}, "reed"),
        ({"res.partner": {"search": {"name": "chair"}}}, "search"),
        ({"res.partner": {"operators": ["any!"]}}, "search"),
        ({"res.partner": {"commands": {"child_ids": {"model": "res.partner", "allow": ["link"]}}}}, "child_ids"),
        ({"res.partner": {"write": ["a"], "commands": {"a": {"model": "res.partner", "allow": ["add"]}}}}, "add"),
        ({"res.partner": {"write": ["a"], "commands": {"a": {"allow": ["link"]}}}}, "model"),
        ({"res.partner": {"write": ["a"], "commands": {"a": {"model": "res.country", "allow": ["link"]}}}}, "res.country"),
        ({"res.partner": {"write": ["a"], "commands": {"a": {"model": 5, "allow": ["link"]}}}}, "commands.a.model"),
        ({"res.partner": {"write": ["a"], "commands": {"a": {"model": ["res.partner"], "allow": ["link"]}}}}, "commands.a.model"),
        ({"ir.rule": {}}, "ir.rule"),
        ({"ir.actions.server": {}}, "ir.actions.server"),
        ({"Res Partner": {}}, "models"),
        ({5: {}}, "models"),
        ({"res.partner": ["read"]}, "models.res.partner"),
        (["res.partner"], "table"),
    ],
)  # fmt: skip
def test_a_wrong_declaration_names_its_place(models, place):
    with pytest.raises(PolicyError, match=place.replace(".", r"\.")):
        RequestGuard(models)


def test_limits_and_the_context_are_declared_strictly():
    for limits in ({"limit": 0}, {"limit": True}, {"limits": 5}, 5, {"depth": 65}):
        with pytest.raises(PolicyError):
            RequestGuard(MODELS_OF_ODOO, limits=limits)
    for context in ("lang", [5], [[]], 5, None, {"lang": 1}):
        with pytest.raises(PolicyError):
            RequestGuard(MODELS_OF_ODOO, context=context)


def test_a_file_declares_the_same(tmp_path):
    path = tmp_path / "guard.toml"
    path.write_text(
        'context = ["tz"]\n[limits]\nlimit = 7\n[models."res.partner"]\nmethods = ["search_read", "write"]\nread = ["name"]\n'
        'write = ["child_ids"]\n[models."res.partner".commands.child_ids]\nmodel = "res.partner"\nallow = ["link"]\n'
    )
    guard = RequestGuard.from_file(path)
    assert guard.check("res.partner", "search_read").kwargs == {"fields": ["name"], "limit": 7}
    assert guard.check("res.partner", "write", [[1], {"child_ids": [[4, 2]]}]).args == [[1], {"child_ids": [[4, 2, 0]]}]
    path.write_text("model = {}")
    with pytest.raises(PolicyError):
        RequestGuard.from_file(path)


@pytest.mark.parametrize(
    ("table", "meant"),
    [
        ("res.partner", "res.partner"),
        ("res.partner.search", "res.partner"),
        ("sale.order.line.commands.tax_ids", "sale.order.line"),
    ],
)
def test_a_file_whose_model_has_no_quotes_is_told_so(tmp_path, table, meant):
    path = tmp_path / "guard.toml"
    path.write_text(f'[models.{table}]\nread = ["name"]\n')
    with pytest.raises(PolicyError) as refused:
        RequestGuard.from_file(path)
    assert f'write [models."{meant}"]' in str(refused.value)


def test_every_method_that_can_be_opened_is_one_that_is_not_refused():
    assert not any(map(is_refused, SIGNATURES))
    assert not any(
        map(
            is_refused_model, ("res.partner", "sale.order", "res.users", "res.company", "ir.attachment", "mail.message")
        )
    )
    for model in (
        "ir.filters",
        "ir.sequence",
        "res.company.ldap",
        "auth_totp.device",
        "res.users.apikeys",
        "mail.push",
    ):
        assert is_refused_model(model)


CALL = {"model": "res.partner", "method": "read", "args": [[7]], "kwargs": {"fields": ["name"]}}


def rpc(params, **more):
    return json.dumps({"jsonrpc": "2.0", "method": "call", "params": params, "id": 5, **more})


def test_bodies_of_json_rpc_and_json_2_have_the_same_rules():
    expected = GUARD.check("res.partner", "read", [[7]], {"fields": ["name"]})
    execute = ["db", 2, SECRET, "res.partner", "read", [[7]], {"fields": ["name"]}]
    assert GUARD.check_json_rpc(rpc(CALL)) == expected
    assert (
        GUARD.check_json_rpc(rpc({"service": "object", "method": "execute_kw", "args": execute}).encode()) == expected
    )
    assert GUARD.check_json_2("res.partner", "read", json.dumps({"ids": [7], "fields": ["name"]})) == expected
    assert expected.named == {"ids": [7], "fields": ["name"]}


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("json", b"{"),
        ("type", None),
        ("too_long", " " * 5_001),
        ("json_duplicate", '{"params": 1, "params": 2}'),
        ("json_number", "[1e999]"),
        ("json_too_deep", "[" * 200),
        ("request_body", "[]"),
        ("request_body", "5"),
        ("request_body", json.dumps({"jsonrpc": "2.0", "method": "call", "params": []})),
        ("request_body", json.dumps({"method": "call", "params": CALL})),
        ("request_body", rpc(CALL, method="execute")),
        ("request_body", rpc(CALL, sudo=True)),
        ("request_body", rpc({**CALL, "path": "/x"})),
        ("request_body", rpc({"service": "db", "method": "drop", "args": []})),
        ("request_body", rpc({"service": "object", "method": "execute", "args": ["d", 2, "p", "res.partner", "read", [7]]})),
        ("request_body", rpc({"service": "object", "method": "execute_kw", "args": ["d", 2, "p", "res.partner"]})),
        ("request_method", rpc({**CALL, "method": "unlinked"})),
        ("request_arguments", rpc({**CALL, "args": {}})),
    ],
)  # fmt: skip
@pytest.mark.asvs("v5.0.0-15.3.7")
def test_a_body_that_is_no_call_is_refused(code, body):
    with pytest.raises(RequestRefused) as refused:
        GUARD.check_json_rpc(body)
    assert refused.value.code == code


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["name", "id", "=", "vat"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["name", "child_ids", "active", "limit", "x"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(sorted([*SIGNATURES, "action_confirm", "message_post"])),
    st.lists(plain, max_size=4),
    st.dictionaries(
        st.sampled_from(
            ["ids", "domain", "fields", "limit", "offset", "order", "vals", "vals_list", "context", "default", "x"]
        ),
        plain,
        max_size=3,
    ),
)
def test_whatever_comes_is_a_call_within_the_rules_or_a_refusal(method, args, kwargs):
    try:
        call = GUARD.check("res.partner", method, args, kwargs)
    except RequestRefused:
        return
    again = GUARD.check("res.partner", method, call.args, call.kwargs)
    assert again == call
    assert set(call.kwargs.get("fields", [])) <= {"id", *PARTNER.read}
    assert 1 <= call.kwargs.get("limit", 1) <= 250
    assert "active" not in ast.dump(ast.parse(repr((call.args, call.kwargs))))


async def test_the_client_passes_on_what_the_guard_lets_through_and_nothing_else(monkeypatch):
    client = SecureZenooClient("http://localhost", guard=GUARD)
    monkeypatch.setattr(type(client), "is_authenticated", True)
    sent = []

    async def send(model, context, method, args, kwargs=None, **_):
        sent.append((model, context, method, args, kwargs))
        return []

    monkeypatch.setattr(client, "_send", send)
    await client.execute_kw("res.partner", "search_read", [], {"limit": 500}, {"lang": "de_DE"})
    assert sent == [("res.partner", {"lang": "de_DE"}, "search_read", [], {"fields": list(PARTNER.read), "limit": 50})]
    for method, args, context in (
        ("web_read", [[7], {}], None),
        ("write", [[7], {"active": False}], None),
        ("read", [[7]], {"active_test": False}),
    ):
        with pytest.raises(RequestRefused):
            await client.execute_kw("res.partner", method, args, {}, context)
    assert len(sent) == 1
    for args, kwargs, context in (
        (5, {}, None),
        ("ab", {}, None),
        ([[7]], 5, None),
        ([[7]], {"context": [5]}, None),
        ([[7]], {}, [5]),
    ):
        with pytest.raises(RequestRefused):
            await client.execute_kw("res.partner", "read", args, kwargs, context)
    await client.execute_kw(
        "res.partner", "read", [[7]], {"context": {"lang": "a", "allowed_company_ids": [1]}}, {"lang": "b"}
    )
    assert sent[1][1] == {"lang": "b", "allowed_company_ids": [1]}


async def test_a_cache_is_not_shared_with_a_client_of_another_guard(monkeypatch):
    def scope(guard):
        client = SecureZenooClient("http://localhost", guard=guard)
        monkeypatch.setattr(type(client), "is_authenticated", True)
        return client.scope()

    other = RequestGuard({"res.partner": ModelRules(methods=["search_read"], read=["name"])})
    assert len({scope(None), scope(GUARD), scope(other)}) == 3
    assert scope(GUARD) == scope(
        RequestGuard({"res.partner": PARTNER, "res.partner.category": ModelRules()}, **GUARD_OPTIONS)
    )
