"""The addresses below /admin: who may come in, what is written down, and refusals as pages."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sync.protocol.admission import LoginRequest
from sync.protocol.errors import SyncError
from sync.server import errors as refusals
from sync.server import knocks
from sync.server.admin import gate, views
from sync.server.admin.audit import DONE, Audit
from sync.server.admin.deeds import DEEDS, Deed
from sync.server.admin.pages import Pages
from sync.server.admin.shows import SHOWS, Desk, Show, require_known_act
from sync.server.admin.visits import GoTo, Shown, Visit
from sync.server.people import errors
from sync.server.people.logins import Logins, WebSession
from sync.server.people.quarantine import Quarantine
from sync.server.routes import Office
from sync.server.sentences import sentence

_LOGIN: Final = f"{gate.PATH}/login"
Handler = Callable[[Request], Awaitable[Response]]


class AdminPages:
    """Serve the administrators' page of one server."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._pages = Pages()
        self._knocks = knocks.Knocks(office.world)
        audit = Audit(office.database, office.world)
        self._desk = Desk(
            office, Quarantine(office.database, office.world, office.terms, office.devices), audit
        )

    def routes(self) -> list[Route]:
        """Return all addresses."""
        return [
            Route(f"{gate.PATH}/static/admin.css", self._open("style", self._style)),
            Route(_LOGIN, self._open("login", self._login_form)),
            Route(_LOGIN, self._open("login", self._login), methods=["POST"]),
            Route(f"{gate.PATH}/logout", self._open("logout", self._logout), methods=["POST"]),
            *(Route(gate.PATH + deed.path, self._doing(deed), methods=["POST"]) for deed in DEEDS),
            *(Route(gate.PATH + path, self._showing(section, show)) for path, section, show in SHOWS),
            Route(gate.PATH + "/{rest:path}", self._open("nowhere", self._nowhere)),
        ]

    def _open(self, name: str, handler: Handler) -> Handler:
        """Return a handler whose refusals are pages; the log and the figures know it by its name."""

        async def handle(request: Request) -> Response:
            try:
                self._knocks.check(gate.PAGE_RATE, knocks.address(request))
                return await handler(request)
            except errors.SessionOver:
                return self._to_login(request)
            except SyncError as refused:
                return self._refused(request, refused)

        handle.__name__ = f"admin_{name}"
        return handle

    def _showing(self, section: str, show: Show) -> Handler:
        async def handle(request: Request) -> Response:
            token = request.cookies.get(gate.COOKIE, "")
            require_known_act(request.path_params)
            return await run_in_threadpool(self._show, request, token, section, show)

        return self._open(section, handle)

    def _doing(self, deed: Deed) -> Handler:
        async def handle(request: Request) -> Response:
            form = await gate.form(request)
            token = request.cookies.get(gate.COOKIE, "")
            return await run_in_threadpool(self._do, request, token, form, deed)

        return self._open(deed.what.replace(".", "_"), handle)

    def _show(self, request: Request, token: str, section: str, show: Show) -> Response:
        visit = self._visit(request, token, {})
        if section not in visit.viewer.sections:
            raise errors.NotAllowed(action="see", place=section)
        return self._page(visit, section, show(self._desk, visit))

    def _do(self, request: Request, token: str, form: dict[str, str], deed: Deed) -> Response:
        visit = self._visit(request, token, form)
        self._logins.check_csrf(visit.session, form.get(gate.CSRF_FIELD, ""))
        subject = visit.where.get(deed.subject) or form.get(deed.subject, "")
        detail = " ".join(f"{name}={form[name]}" for name in deed.details if form.get(name))
        act = self._desk.audit.begin(visit.viewer.user, knocks.address(request), deed.what, subject, detail)
        try:
            done = deed.do(self._desk, visit)
        except SyncError as refused:
            self._desk.audit.end(act, refused.code)
            raise
        self._desk.audit.end(act, DONE)
        if isinstance(done, GoTo):
            return RedirectResponse(gate.PATH + done.path, 303)
        return self._page(visit, deed.path.split("/")[1], done)

    def _visit(self, request: Request, token: str, form: dict[str, str]) -> Visit:
        session = self._logins.session(token)
        now = self._office.world.now_ms()
        viewer = views.viewer(self._office.database, self._office.devices.people, session.user, now)
        return Visit(session, viewer, now, request.path_params, dict(request.query_params), form)

    async def _login_form(self, request: Request) -> Response:
        return self._login_page(request, None)

    async def _login(self, request: Request) -> Response:
        self._knocks.check(gate.LOGIN_RATE, knocks.address(request))
        form = await gate.form(request)
        gate.check_login_csrf(request, form.get(gate.CSRF_FIELD, ""))
        wanted = LoginRequest(
            form.get("user", "")[:80], form.get("password", "")[:400], form.get("totp", "")[:20]
        )
        try:
            session = await run_in_threadpool(self._log_in, wanted, knocks.address(request))
        except SyncError as refused:
            return self._login_page(request, refused, wanted.user)
        answer = RedirectResponse(gate.PATH, 303)
        gate.give_cookie(request, answer, gate.COOKIE, session.token)
        gate.drop_cookie(request, answer, gate.LOGIN_COOKIE)
        return answer

    def _log_in(self, wanted: LoginRequest, address: str) -> WebSession:
        act = self._desk.audit.begin(wanted.user, address, "login", wanted.user)
        try:
            session = self._logins.open_session(wanted)
        except SyncError as refused:
            self._desk.audit.end(act, refused.code)
            raise
        self._desk.audit.end(act, DONE)
        return session

    async def _logout(self, request: Request) -> Response:
        form = await gate.form(request)
        await run_in_threadpool(self._log_out, request, form)
        answer = RedirectResponse(_LOGIN, 303)
        gate.drop_cookie(request, answer, gate.COOKIE)
        return answer

    def _log_out(self, request: Request, form: dict[str, str]) -> None:
        token = request.cookies.get(gate.COOKIE, "")
        session = self._logins.session(token)
        self._logins.check_csrf(session, form.get(gate.CSRF_FIELD, ""))
        act = self._desk.audit.begin(session.user, knocks.address(request), "logout", session.user)
        self._logins.close_session(token)
        self._desk.audit.end(act, DONE)

    async def _style(self, request: Request) -> Response:
        return self._pages.style()

    async def _nowhere(self, request: Request) -> Response:
        raise refusals.NotFound()

    def _page(self, visit: Visit, section: str, shown: Shown) -> Response:
        common = {"section": section, "viewer": visit.viewer, "csrf": visit.session.csrf}
        return self._pages.page(
            shown.template, {**shown.values, **common, "done": visit.query.get("done", "")}
        )

    def _login_page(self, request: Request, refused: SyncError | None, user: str = "") -> Response:
        token = request.cookies.get(gate.LOGIN_COOKIE) or gate.new_token(self._office.world)
        said = "" if refused is None else sentence(refused.code, refused.params)
        is_over = "over" in request.query_params
        values = {"csrf": gate.login_csrf(token), "refused": said, "user": user, "over": is_over}
        answer = self._pages.page("login", values, 200 if refused is None else _status(refused))
        gate.give_cookie(request, answer, gate.LOGIN_COOKIE, token)
        return answer

    def _to_login(self, request: Request) -> Response:
        had_one = gate.COOKIE in request.cookies
        answer = RedirectResponse(_LOGIN + ("?over=1" if had_one else ""), 303)
        gate.drop_cookie(request, answer, gate.COOKIE)
        return answer

    def _refused(self, request: Request, refused: SyncError) -> Response:
        back = request.url.path if request.method == "POST" else gate.PATH
        return self._pages.page(
            "refused", {"said": sentence(refused.code, refused.params), "back": _back(back)}, _status(refused)
        )  # fmt: skip

    @property
    def _logins(self) -> Logins:
        return self._office.devices.people.logins


def _status(refused: SyncError) -> int:
    return refusals.STATUS.get(refused.code, refusals.OTHERWISE)


def _back(path: str) -> str:
    """Return the page of the menu from which a form was sent."""
    parts = path.split("/")
    return "/".join(parts[:3]) if len(parts) > 3 else gate.PATH
