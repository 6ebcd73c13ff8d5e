"""Being let in, logging in, and terms, with a real server.

The digits of the fingerprint differ in each run, for each office makes a new key.
"""

import datetime as dt
from typing import Any

from staging import Camera, Server, Studio

USER, PASSWORD = "zhangsan", "a password of the rehearsal"
PICTURES = ("sync-asking", "sync-login")
IN_NO_GUIDE = ("sync-enrol", "settings-account", "tasks-denied", "sync-limit")


def take(studio: Studio) -> None:
    """Take the pictures; those that no guide shows where one of them, or `--all`, is asked for."""
    studio.clock.go_on(minutes=20)
    with studio.server() as server:
        services, _ = studio.office()
        with studio.opened(services) as camera:
            _play(camera, services, server, studio.wish.all or studio.wish.only in IN_NO_GUIDE)


def _play(camera: Camera, services: Any, server: Server, everything: bool) -> None:
    from app.services.demo import cast
    from sync.protocol.policy import Role, Standing

    with server.office() as office:
        people = office.devices.people
        people.passwords.memory_kib = 64
        people.registers.add_org(cast.CODE, cast.OFFICE)
        for user, role in ((USER, Role.INSPECTOR), ("boss", Role.ORG_ADMIN)):
            people.registers.add_person(user, user, cast.CODE)
            people.registers.set_password(user, PASSWORD)
            people.registers.grant(user, Standing(role, cast.CODE))
        if everything:
            camera.go("sync")
            camera.take("sync-enrol")
        services.memberships.ask(server.url)
        camera.window.frame.refresh_facts()
        camera.go("home")
        camera.go("sync")
        camera.take("sync-asking")
        [asked] = people.admissions.waiting()
        people.admissions.approve(asked.device, USER, asked.fingerprint, "boss")
        services.memberships.poll()
        camera.go("home")
        camera.go("sync")
        camera.window.frame.refresh_facts()
        camera.take("sync-login")
        services.memberships.log_in(USER, PASSWORD)
        services.sync.run()
        if everything:
            camera.go("settings", part="account")
            camera.take("settings-account")
            people.registers.grant(USER, Standing(Role.STATISTICS, cast.CODE))
            people.registers.end(USER, Standing(Role.INSPECTOR, cast.CODE))
            services.sync.run()
            camera.window.frame.refresh_facts()
            camera.go("tasks")
            camera.take("tasks-denied")
            camera.window.idle.stop()
            camera.studio.clock.at += dt.timedelta(days=31)
            camera.go("sync")
            camera.window.frame.refresh_facts()
            camera.take("sync-limit")
