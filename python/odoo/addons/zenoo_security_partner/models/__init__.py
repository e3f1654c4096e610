from . import discuss_channel, ir_module_module, mail_followers, res_partner, res_partner_blacklists
