def post_init_hook(env):
    # Enrollments that were never finished hold secrets in the clear.
    env.cr.execute("DELETE FROM auth_totp_wizard")
    env["zenoo.security.totp.step"]._take_over()
    env["res.users"]._seal_totp_secrets()


def uninstall_hook(env):
    env.cr.execute("DELETE FROM auth_totp_wizard")
    env["zenoo.security.totp.step"]._give_back()
    env["res.users"]._unseal_totp_secrets()
