from . import ir_module_module, res_partner
