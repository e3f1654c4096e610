"""What Odoo tells about itself: changed in its modules, since half of it is told without a database."""

import odoo.addons.base.models.assetsbundle
import odoo.addons.base.models.ir_cron
import odoo.addons.rpc.controllers.xmlrpc
import odoo.http
import odoo.release
import odoo.service
from odoo.exceptions import RedirectWarning, UserError
from werkzeug.exceptions import HTTPException

from zenoo_security.addon.error_texts import hide_error_details, hide_fault_details, name_failed_pages
from zenoo_security.addon.versions import hide_versions

# Written for whoever gets them.
_READABLE = (UserError, RedirectWarning, HTTPException, odoo.http.SessionExpiredException)


def hide_details():
    hide_error_details(odoo.http, _READABLE)
    name_failed_pages(odoo.http, _READABLE)
    odoo.addons.base.models.ir_cron.serialize_exception = odoo.http.serialize_exception
    hide_fault_details(odoo.addons.rpc.controllers.xmlrpc, (UserError, RedirectWarning))
    hide_versions(odoo.service, odoo.addons.rpc.controllers, odoo.addons.base.models.assetsbundle, odoo.release)
