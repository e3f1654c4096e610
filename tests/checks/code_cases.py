"""The checks of source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.case import Case
from zenoo_security.checks.addon_code.view import read_sources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from zenoo_security.checks.addon_code.snapshot import Sources

HEADER = "id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink\n"
MODEL = "from odoo import models\n\nclass Order(models.Model):\n    _name = 'shop.order'\n"


def files(**named: str) -> Callable[[Path], Sources]:
    """An addon with these files; `__` for the slash, and the last `_` for the dot."""

    def make(folder: Path) -> Sources:
        for name, text in named.items():
            stem, _, suffix = name.replace("__", "/").rpartition("_")
            path = folder / "shop" / f"{stem}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return read_sources(folder)

    return make


def method(*lines: str) -> Callable[[Path], Sources]:
    """A method of an abstract model with these lines."""
    body = "".join(f"        {line}\n" for line in lines)
    return files(models__order_py=f"class Order(models.AbstractModel):\n    def _do(self, value):\n{body}")


def route(decorator: str, *lines: str) -> Callable[[Path], Sources]:
    """A controller with this route."""
    body = "".join(f"        {line}\n" for line in lines or ("pass",))
    text = (
        f"class Shop(http.Controller):\n    @http.route('/x', {decorator})\n    def show(self, order_id, **kw):\n{body}"
    )
    return files(controllers__main_py=text)


def in_helper(vulnerable: str, clean: str) -> tuple[Callable[[Path], Sources], Callable[[Path], Sources]]:
    """A route that hands what it got to a function of its file, which does one of these with it."""
    text = (
        "class Shop(http.Controller):\n    @http.route('/x', auth='user')\n    def show(self, word, **kw):\n"
        "        found = word.lower()\n        return self._find(found)\n\n    def _find(self, word):\n        {}\n"
    )
    return files(controllers__main_py=text.format(vulnerable)), files(controllers__main_py=text.format(clean))


def public(line: str, name: str = "act", decorator: str = "") -> Callable[[Path], Sources]:
    """A public method of a model that has access rights."""
    text = f"{MODEL}\n    {decorator}\n    def {name}(self, value):\n        {line}\n"
    return files(models__order_py=text, security__ir_model_access_csv=HEADER)


def access(line: str) -> Callable[[Path], Sources]:
    """A model and a line of its access rights."""
    return lambda folder: _access(folder, line)


def _access(folder: Path, line: str) -> Sources:
    (folder / "shop" / "models").mkdir(parents=True)
    (folder / "shop" / "security").mkdir()
    (folder / "shop" / "models" / "order.py").write_text(MODEL)
    (folder / "shop" / "security" / "ir.model.access.csv").write_text(HEADER + line)
    return read_sources(folder)


def binary(folder: Path) -> Sources:
    """A file that is no text."""
    (folder / "x.py").write_bytes(b"x = 1\0")
    return read_sources(folder)


RIGHT = "a,order,model_shop_order,base.group_user,1,1,1,0\n"

CASES: dict[str, list[Case]] = {
    "CODE-01": [
        Case(
            method('self.env.cr.execute(f"SELECT {value}")'),
            method('self.env.cr.execute("SELECT %s", [value])'),
            "put together",
        ),
        Case(
            method("self._cr.execute('SELECT %s' % value)"), method("self._cr.execute('SELECT ' + '1')"), "put together"
        ),
        Case(
            method("cr.execute('SELECT {}'.format(value))"),
            method("cr.execute(SQL('SELECT %s', value))"),
            "put together",
        ),
        Case(
            method("query = 'SELECT ' + value", "cr.execute(query, [])"),
            method("query = 'SELECT %s'", "cr.execute(query, [value])"),
            "put together",
        ),
        Case(
            method("query = 'SELECT 1'", "query += value", "cr.execute(query)"),
            method("query = 'SELECT 1'", "query += ' WHERE true'", "cr.execute(query)"),
            "put together",
        ),
        Case(
            method("where = 'id = %s' % value", "query = where", "cr.execute('SELECT 1 WHERE ' + query)"),
            method("where = 'id = %s'", "query = where", "cr.execute('SELECT 1 WHERE ' + query, [value])"),
            "put together",
        ),
        Case(
            method("parts = []", "parts.append(value)", "cr.execute(' AND '.join(parts))"),
            method("parts = []", "parts.append('a = %s')", "cr.execute(' AND '.join(parts), [value])"),
            "put together",
        ),
        Case(
            method("for one in value:", "    cr.execute('SELECT ' + one)"),
            method("cr.execute('SELECT ' + ','.join(['%s'] * len(value)), value)"),
            "put together",
        ),
        Case(
            method("cr.execute(SQL(f'SELECT {value}'))"),
            method("cr.execute(SQL(' AND ').join([SQL('a = %s', value)]))"),
            "put together",
        ),
        Case(
            method("cr.execute(f'SELECT {self.name}')"),
            method("cr.execute(f'SELECT id FROM {self._table} WHERE {COLUMN} = %s LIMIT {int(value)}', [value])"),
            "put together",
        ),
        Case(
            public("query = value or ''; self.env.cr.execute(query)", "act"), public("pass"), "caller chooses the query"
        ),
        Case(
            route("auth='user'", "name = kw.get('name')", "query = f'SELECT {name}'", "request.env.cr.execute(query)"),
            route("auth='user'", "name = kw.get('name')", "request.env.cr.execute('SELECT %s', [name])"),
            "which the caller chooses",
        ),
        Case(
            route("auth='user'", "name = request.params['name'].strip()", "request.cr.execute('SELECT ' + name)"),
            route("auth='user'", "name = len(request.params['name'])", "request.cr.execute(f'SELECT {name}')"),
            "which the caller chooses",
        ),
        Case(*in_helper("cr.execute('SELECT ' + word)", "cr.execute('SELECT %s', [word])"), "which the caller chooses"),
    ],
    "CODE-02": [
        Case(method("return eval(value)"), method("return ast.literal_eval(value)"), "eval runs a value"),
        Case(method("safe_eval(value, {})"), method("safe_eval('1 + 1')"), "safe_eval runs"),
        Case(
            route("auth='user'", "text = kw['domain']", "return safe_eval(text)"),
            route("auth='user'", "text = '[]'", "return safe_eval(text)"),
            "safe_eval runs a value that the caller chooses",
        ),
        Case(*in_helper("return eval(word)", "return literal_eval(word)"), "that the caller chooses"),
    ],
    "CODE-03": [
        Case(method("pickle.loads(value)"), method("json.loads(value)"), "pickle.loads"),
        Case(method("yaml.load(value)"), method("yaml.load(value, Loader=yaml.SafeLoader)"), "yaml.load"),
    ],
    "CODE-04": [
        Case(method("return Markup(f'<b>{value}</b>')"), method("return Markup('<b>%s</b>') % value"), "put together"),
        Case(method("return Markup(value)"), method("return Markup('<br/>')"), "of a value", warning=True),
        Case(
            route("auth='user'", "note = kw['note']", "return Markup(note)"),
            route("auth='user'", "note = kw['note']", "return Markup('<b>%s</b>') % note"),
            "that the caller chooses",
        ),
        Case(
            method("html = '<b>' + value", "return Markup(html)"),
            method("html = '<b>' + '</b>'", "return Markup(html)"),
            "put together",
        ),
    ],
    "CODE-05": [
        Case(
            files(views__page_xml="<odoo>\n<t t-raw='doc.note'/></odoo>"),
            files(views__page_xml="<odoo>\n<t t-out='doc.note'/></odoo>"),
            "t-raw",
        )
    ],
    "CODE-06": [
        Case(route("auth='public', csrf=False"), route("auth='public'"), "auth='public' and csrf=False"),
        Case(route("auth='none', csrf=False"), route("auth='user'"), "auth='none'"),
        Case(route("auth='user', csrf=False"), route("auth='user', csrf=True"), "with a session"),
    ],
    "CODE-07": [Case(route("auth='public', cors='*'"), route("auth='public', cors='https://a.example'"), "cors='*'")],
    "CODE-08": [
        Case(
            route("auth='public'", "return request.env['shop.order'].sudo().search([])"),
            route("auth='user'", "return request.env['shop.order'].sudo().search([])"),
            "sudo() without a login",
        )
    ],
    "CODE-09": [
        Case(
            route("auth='user'", "return request.env['shop.order'].sudo().browse(int(order_id)).name"),
            route("auth='user'", "return request.env['shop.order'].browse(int(order_id)).name"),
            "of a request's id",
        ),
        Case(
            route("auth='user'", "return request.env['shop.order'].browse(int(kw['id'])).sudo().name"),
            route("auth='user'", "return request.env['shop.order'].sudo().browse(1).name"),
            "of a request's id",
        ),
        Case(
            route("auth='user'", "number = int(order_id)", "return request.env['shop.order'].sudo().browse(number)"),
            route("auth='user'", "number = 1", "return request.env['shop.order'].sudo().browse(number)"),
            "of a request's id",
        ),
    ],
    "CODE-10": [
        Case(public("self.sudo().write(value)"), public("self.sudo().write(value)", "_act"), "with more rights"),
        Case(
            public("self.env.cr.execute('SELECT %s', [value])"),
            public("self.env.cr.execute('SELECT %s', [value])", decorator="@api.private"),
            "with more rights",
        ),
    ],
    "CODE-11": [
        Case(access(""), access(RIGHT), "shop.order has no access rights"),
        Case(access(RIGHT.replace("base.group_user", "")), access(RIGHT), "a right for everybody"),
    ],
    "CODE-12": [
        Case(method("API_KEY = 'kX83-zz01-Qp'"), method("API_KEY = os.environ['API_KEY']"), "API_KEY is given"),
        Case(method("x = {'password': 'Tr0ub4dor&3'}"), method("x = {'password': 'password'}"), "password is given"),
        Case(method("x = 'AKIA' 'ABCDEFGHIJKLMNOP'"), method("x = 'AKIA'"), "the form of a key"),
    ],
    "CODE-13": [
        Case(
            method("requests.get(value, timeout=9, verify=False)"),
            method("requests.get(value, timeout=9)"),
            "certificate",
        )
    ],
    "CODE-14": [
        Case(method("requests.post(value)"), method("requests.post(value, timeout=10)"), "requests.post waits"),
        Case(method("urllib.request.urlopen(value)"), method("urlopen(value, timeout=10)"), "urlopen waits"),
    ],
    "CODE-15": [
        Case(binary, files(models__x_py="x = 1\n"), "it is binary"),
        Case(files(models__x_py="x = (\n"), files(models__x_py="x = ()\n"), "does not parse line 1"),
    ],
    "CODE-16": [
        Case(method("os.system('convert ' + value)"), method("os.system('sync')"), "os.system hands"),
        Case(
            method("subprocess.run(f'convert {value}', shell=True)"),
            method("subprocess.run(['convert', '--', value], check=True)"),
            "subprocess.run hands",
        ),
        Case(
            method("subprocess.Popen(args=value, shell=self.shell)"),
            method("subprocess.Popen(args=value, shell=False)"),
            "subprocess.Popen hands",
        ),
    ],
    "CODE-17": [
        Case(
            method("etree.fromstring(value, etree.XMLParser(resolve_entities=True))"),
            method("etree.fromstring(value, etree.XMLParser(resolve_entities=False, no_network=True))"),
            "etree.XMLParser with resolve_entities=True",
        ),
        Case(
            method("for event, node in lxml.etree.iterparse(value, load_dtd=True): pass"),
            method("for event, node in lxml.etree.iterparse(value): pass"),
            "load_dtd=True",
        ),
        Case(method("minidom.parseString(value)"), method("etree.fromstring(value)"), "minidom.parseString expands"),
    ],
    "CODE-18": [
        Case(
            method("requests.get(f'https://x.example/rates?apikey={value}', timeout=9)"),
            method("requests.get(f'https://x.example/rates?day={value}', timeout=9)"),
            "becomes apikey of an address",
        ),
        Case(
            method("url = base + '/rates?token=' + value"),
            method("url = base + '/rates?day=' + value"),
            "becomes token of an address",
        ),
        Case(
            method("url = '/rates?day=%s&password=%s' % (day, value)"),
            method("url = '/rates?day=%s&until=%s' % (day, value)"),
            "becomes password of an address",
        ),
        Case(
            method("url = '/rates?secret={}'.format(value)"),
            method("url = '/rates?day={}'.format(value)"),
            "becomes secret of an address",
        ),
        Case(
            method("url = f'/my/orders/1?access_token={value}'"),
            method("url = f'/my/orders/{value}'"),
            "becomes access_token",
            warning=True,
        ),
    ],
}
