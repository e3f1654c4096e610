import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { Interaction } from "@web/public/interaction";
import { _t } from "@web/core/l10n/translation";
import { handleCheckIdentity } from "@portal/interactions/portal_security";
import { registry } from "@web/core/registry";
import { renderToMarkup } from "@web/core/utils/render";
import { user } from "@web/core/user";

export class NewRecoveryCodes extends Interaction {
    static selector = "#zenoo_security_new_recovery_codes";
    dynamicContent = {
        _root: { "t-on-click.prevent": this.onClick },
    };

    async onClick() {
        const { orm, dialog } = this.services;
        const shown = await this.waitFor(
            handleCheckIdentity(
                this.waitFor(orm.call("res.users", "action_totp_new_recovery_codes", [user.userId])),
                orm,
                dialog
            )
        );
        dialog.add(
            ConfirmationDialog,
            {
                title: _t("Recovery codes"),
                body: renderToMarkup("zenoo_security_totp_portal.recovery_codes", {
                    codes: shown.context.default_codes,
                }),
                confirmLabel: _t("I have saved them"),
                confirm: () => {},
            },
            { onClose: () => location.reload() }
        );
    }
}

registry
    .category("public.interactions")
    .add("zenoo_security_totp_portal.new_recovery_codes", NewRecoveryCodes);
