"""双随机抽取复核程序，只用 Python 标准库。用法：python verify_draw.py 抽取表.pdf（或 抽取.jsonl） [事先公布的哈希 [记录哈希]]
数据每行一个 JSON：规则、机构（按编号）、人员（按编号），即事先冻结并公布哈希的内容；最后三行是种子、结果、以上各行的记录哈希。
签号＝SHA-256（种子的 SHA-256 十六进制文本＋编号）的十进制写法倒读，第 n 张签（n≥2）的编号后加“#n”，小者在先。"""
import hashlib
import json
import sys

MARK, ROLES = b'{"draw":"yanfang.draw/1"', ("leader", "inspector", "expert", "assistant")
def need(is_so, why):
    return is_so or sys.exit(f"不通过：{why}")
def check(data, published=""):
    need(data.count(MARK) == 1, "文件中没有抽取数据，或者不止一份")
    lines = data[data.index(MARK):].split(b"\nendstream")[0].decode().removesuffix("\n").split("\n")
    rules, *rows, drawn, result, last = map(json.loads, lines)
    digest, record = (hashlib.sha256("".join(line + "\n" for line in lines[:end]).encode()).hexdigest() for end in (-3, -1))
    need(digest == drawn["frozen_sha256"] and published[:64] in ("", digest), "名录或规则的哈希与公布的不符")
    need(record == last["sha256"] and published[64:] in ("", record), "种子来源、时间、见证人、操作人或结果与记录哈希不符")
    need(len({row["id"] for row in rows}) == len(rows) and "#" not in "".join(row["id"] for row in rows), "编号重复，或含有“#”")
    need([{name: s[name] for name in ("kind", "label")} for s in drawn["sources"]] == rules["sources"], "种子来源与冻结时的不符")
    start, *times, end = rules["frozen_at"], *(s["at"] for s in drawn["sources"]), drawn["drawn_at"]
    need({at[23:] for at in (start, *times, end)} == {"+00:00"} and start < min(times) <= max(times) <= end, "种子早于冻结，或晚于抽取")
    seed = "".join(s["digits"] for s in drawn["sources"])
    need(seed == drawn["seed"] and seed.isascii() and seed.isdecimal() and len(seed) >= 20, "种子与来源数字不符，或不足 20 位数字")
    def ticket(row, n=1):
        return f"{int(hashlib.sha256((head + row + f'#{n}' * (n > 1)).encode()).hexdigest(), 16):064d}"[::-1]
    places = {row["id"]: row for row in rows if row["row"] == "institution"}
    head, seen, lots, visits = hashlib.sha256(seed.encode()).hexdigest(), set(), [], {}
    for stratum in rules["strata"]:  # 一、机构：每层取签号最小的；权重 w 者有 w 张签，取最小的；要求分开的连锁、地址只取一家
        (n, d), name, take, held, line, skipped = map(int, stratum["ratio"].split("/")), stratum["id"], stratum["take"], set(seen), [], []
        weights = {one: row["in"][name] for one, row in places.items() if name in row["in"]}
        need(0 <= n * len(weights) <= take * d and take <= len(weights) == stratum["of"], "抽取数量低于规定比例")
        for number, one in sorted((min(ticket(one, n + 1) for n in range(w)), one) for one, w in weights.items()):
            if len(line) < take + stratum["reserve"]:
                keys = [(what, places[one][what]) for what in ("chain", "place") if places[one].get(what)]
                clash = [key[0] for key in keys if key[0] in stratum["apart"] and key in held]
                (skipped if clash else line).append([one, number, *clash[:1]])
                held.update(() if clash else keys)
                seen.update(() if clash or len(line) > take else keys)
        lots.append({"stratum": name, "picks": line[:take], "reserve": line[take:], "skipped": skipped})
        for one, _ in line[:take] if stratum["staff"]["inspectors"] else ():  # 列入几组而合并检查的，只派一次
            visits.setdefault((stratum["visit"], one), (name, stratum["staff"], places[one]))
    need(lots == result["lots"], "抽中或备选机构、签号与重新计算的不符")
    people = {row["id"]: row for row in rows if row["row"] == "person" and "out" not in row}
    load, fixed, short = {one: people[one].get("load", 0) for one in people}, {}, []
    def fits(one, staff, place):  # 二、人员：不超过上限；要求交叉时不去本辖区；无利害关系
        home, there = people[one].get("division", "")[:6], place.get("division", "")[:6]
        ties = {place["id"], place.get("parent"), f"chain:{place.get('chain')}"} & set(people[one].get("avoid", ()))
        return not (staff["cross_district"] and len({home, there, ""}) < 3) and not ties and not 0 < staff["max_load"] <= load[one]
    def in_line(role, leaders=()):  # 任务少的在先，同样多的按当轮签号；指定的组长按指定次序
        pool = leaders if role == "leader" else [one for one in people if people[one]["role"] == role and one not in leaders]
        return sorted(pool, key=lambda one: (load[one], role == "leader" or ticket(one, load[one] + 1)))
    def make(staff, place, busy):
        members, led = [], 0 if busy.issuperset(staff["leaders"]) else 1
        seats = (led, staff["inspectors"] - led, staff["experts"], staff["assistants"])
        for role, count in zip(ROLES, seats, strict=True):
            members += [[one, role] for one in in_line(role, staff["leaders"]) if one not in busy and fits(one, staff, place)][:count]
            if len(members) < sum(seats[: ROLES.index(role) + 1]):
                return role, []
        return "", members
    for name, staff, place in visits.values():  # 指定组数的，组满后派给任务最少且可去的组；轮换执行的沿用上一轮的组
        made = fixed.setdefault(json.dumps(staff), [{"visits": [], "members": team} for team in staff["former"]])
        busy = {one for team in made if staff["teams"] for one, _ in team["members"]}
        missing, members = make(staff, place, busy) if len(made) < (staff["teams"] or sys.maxsize) else ("team", [])
        made += [] if missing else [{"visits": [], "members": members}]
        free = [team for team in made if staff["teams"] and all(fits(one, staff, place) for one, _ in team["members"])]
        team = min(free, key=lambda team: len(team["visits"]), default=None) if missing else made[-1]
        short += [] if team else [[name, place["id"], missing]]
        if team:
            team["visits"].append([name, place["id"]])
            load.update({one: load[one] + 1 for one, _ in team["members"]})
    need([[one for made in fixed.values() for one in made if one["visits"]], short] == [result["teams"], result["shortages"]], "检查组不符")
    need(all(result["standby"][role] == in_line(role)[: rules["standby"]] for role in ROLES[1:]), "备选人员与重新计算的不符")
    sys.stdout.reconfigure(encoding="utf-8")
    print(f"通过：{len(visits)} 次检查与重新计算的一致\n冻结哈希 {digest}{'' if published else '（未与公布的核对）'}\n种子 {seed}")
    print(f"记录哈希 {record}\n操作人 {drawn['operator']}，见证人", *drawn["witnesses"], "\n同期同类另抽", len(rules.get("like", "")))
    print(*(f"{places[one].get('name')}　0.{number[:12]}" for lot in lots for one, number in lot["picks"]), "以上请与纸面核对", sep="\n")
if __name__ == "__main__":
    sys.excepthook = lambda *_: print("不通过：文件打不开，或其中的抽取数据不完整；用法见程序开头", file=sys.stderr)
    with open(sys.argv[1], "rb") as file:
        check(file.read(), "".join(sys.argv[2:]).lower())
