"""Sample data of the gallery: an invented region of an invented company."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace as Thing
from typing import Any

from . import drawing, showing


def _customer(pk: int, name: str, short: str, grade: str, place: str) -> Thing:
    return Thing(pk=pk, name=name, short_name=short, grade=grade, place=place)


CUSTOMERS = [
    _customer(1, "苏州恒越精密机械", "恒越精密", "A", "精密加工 · 苏州"),
    _customer(2, "宁波海拓汽车零部件", "海拓汽配", "A", "汽车零部件 · 宁波"),
    _customer(3, "杭州云栖医疗器械", "云栖医疗", "A", "医疗器械 · 杭州"),
    _customer(4, "无锡新纪元光伏材料", "新纪元光伏", "B", "光伏材料 · 无锡"),
    _customer(5, "常州锐进新能源", "锐进新能源", "A", "动力电池 · 常州"),
    _customer(6, "南通华茂纺织科技", "华茂纺织", "B", "纺织装备 · 南通"),
    _customer(7, "嘉兴禾润食品机械", "禾润食机", "B", "食品机械 · 嘉兴"),
    _customer(8, "台州永固阀门", "永固阀门", "C", "流体控制 · 台州"),
]
ME = Thing(name="林知远")
PEOPLE = ["周雨桐", "沈亦舟", "顾清和", "林知远", "陈思睿", "何嘉宁", "许文博", "宋以安"]

# kind, title, customer, minutes from now, clause, its words, record
OWED = [
    (
        "ticket_solution",
        "提交初步方案：视觉检测漏检",
        0,
        -125,
        "1.4.2",
        "24 小时方案",
        "工单 S-1038",
    ),
    ("ticket_response", "首次响应：AGV 急停误触发", 1, -18, "1.4.2", "1 小时响应", "工单 S-1043"),
    ("question_answer", "答复方案疑问：ROI 测算口径", 4, 72, "1.2.4", "48 小时答复", "方案 P-0217"),
    ("delivery_sign_off", "确认客户签收", 2, 106, "1.3.8", "交付后 24 小时", "订单 D-0862"),
    ("legal_review", "跟催合规审核（法务）", 4, 190, "1.3.2", "2 个工作日", "合同 H-0331"),
    (
        "delivery_confirmation",
        "交付前确认时间与验收标准",
        0,
        195,
        "1.3.7",
        "提前 3 天",
        "订单 D-0871",
    ),
    ("order_tracking", "更新订单跟踪状态", 1, 240, "1.3.6", "每日", "订单 D-0858"),
    ("quarterly_visit", "季度回访", 3, 240, "1.4.1", "每季", "客户"),
    ("ticket_closure", "闭环：控制柜通讯中断", 4, 1620, "1.4.2", "72 小时闭环", "工单 S-1035"),
    ("task_force_sync", "专项小组周进展同步客户", 0, 4620, "1.4.3", "每周", "工单 S-1029"),
    ("value_proposals", "输出增值服务方案（第 2 份）", 2, 6180, "1.4.5", "每年 2 次", "客户"),
    ("needs_report", "提交客户需求分析报告", 6, 3240, "1.2.1", "输出报告", "商机 O-0415"),
    ("weekly_update", "更新客户状态", 5, 3300, "1.1.7", "每周", "客户"),
    ("customer_regrade", "重新评估分级：21 天无进展", 7, 6180, "1.1.8", "动态维护", "客户"),
]


def owed(now: datetime) -> list[Any]:
    return [
        Thing(
            pk=i,
            kind=kind,
            title=title,
            customer=CUSTOMERS[c],
            due=now + timedelta(minutes=minutes),
            clause=clause,
            words=words,
            ref=ref,
        )
        for i, (kind, title, c, minutes, clause, words, ref) in enumerate(OWED, 1)
    ]


def grouped(rows: list[Any], now: datetime) -> list[tuple[str, str, list[Any]]]:
    names = {"late": "已超时", "soon": "两小时内", "today": "今天", "far": "本周"}
    return [
        (key, name, [row for row in rows if showing.tone_of(row.due, now) == key])
        for key, name in names.items()
    ]


def timeline(now: datetime) -> list[dict[str, Any]]:
    def at(hours: float) -> datetime:
        return now - timedelta(hours=hours)

    return [
        {
            "symbol_name": "wrench",
            "title": "工单 S-1038 初步方案已超时",
            "tone": "bad",
            "who": "系统",
            "text": "视觉检测漏检：技术部复现中，尚未提交书面方案。",
            "moment": at(2),
        },
        {
            "symbol_name": "map-pin",
            "title": "上门拜访 · 周总（生产总监）",
            "who": "林知远",
            "moment": at(19),
            "text": "确认主轴箱检测首套 11-26 到货；对二期最关心节拍能否到 28 秒。竞品报价低 6%。",
            "tags": ("竞品动态", "交付"),
        },
        {
            "symbol_name": "trending-up",
            "title": "分级评分 86 → 91，维持 A",
            "tone": "ok",
            "who": "规则",
            "text": "意向度 +3（二期预算已立项），规模 +2。",
            "moment": at(70),
        },
        {
            "symbol_name": "file-check",
            "title": "合同 H-0322 双签完成",
            "tone": "ok",
            "who": "系统",
            "text": "法务 9 小时，财务 11 小时，均在 2 个工作日内。已触发生产排期。",
            "moment": at(150),
        },
        {
            "symbol_name": "message-square",
            "title": "价格异议已记入案例库",
            "who": "林知远",
            "moment": at(260),
            "text": "客户接受分两期付款。",
            "tags": ("异议：价格",),
        },
        {
            "symbol_name": "phone",
            "title": "电话 · 李工（设备科）12 分钟",
            "who": "林知远",
            "moment": at(330),
            "text": "补充验收标准：CPK ≥ 1.33，误检率 ≤ 0.3%。",
        },
    ]


STAGES = [
    ("lead", "线索开发", ""),
    ("needs", "需求挖掘", "需求分析报告"),
    ("solution", "方案演示", "方案 · ROI 测算"),
    ("negotiation", "谈判异议", "关键决策点记录"),
    ("contract", "合同审批", "法务 · 财务"),
    ("won", "已签约", "订单排期"),
]
DEALS = [
    (0, 6, "二期包装线", 180000, 3300, None, "约工厂参观"),
    (0, 7, "阀体外观检测", 260000, None, 21, "重新评估分级"),
    (1, 6, "控制柜装配线改造", 740000, 3240, None, "输出需求分析报告"),
    (1, 5, "织机视觉断纱检测", 420000, 3300, None, "开放式访谈"),
    (2, 4, "电芯产线 AGV 调度", 1860000, 72, None, "答复 ROI 口径"),
    (2, 3, "硅片分选视觉系统", 1950000, 1200, None, "线上演示 11-25"),
    (2, 2, "导管瑕疵检测", 540000, 1680, None, "补充成本测算"),
    (3, 1, "焊装线 AGV 二期", 2460000, 1440, None, "回应交付周期异议"),
    (3, 0, "主轴箱在线检测", 880000, 4320, None, "报价让步审批"),
    (4, 4, "模组线视觉检测", 1260000, 190, None, "法务审核中"),
    (4, 6, "灌装线改造一期", 580000, 1860, None, "财务审核中"),
    (5, 0, "主轴箱检测首套", 1280000, 195, None, "交付前确认"),
    (5, 2, "包装追溯系统", 860000, 106, None, "等待签收"),
]


def deals(now: datetime) -> list[Any]:
    return [
        Thing(
            pk=i,
            stage=stage,
            customer=CUSTOMERS[c],
            title=title,
            amount=Decimal(amount),
            due=Thing(due=now + timedelta(minutes=minutes)) if minutes else None,
            idle=idle,
            next_step=next_step,
            owner=ME,
        )
        for i, (stage, c, title, amount, minutes, idle, next_step) in enumerate(DEALS, 1)
    ]


def lanes(now: datetime) -> list[dict[str, Any]]:
    every = deals(now)
    totals = [sum(deal.amount for deal in every if deal.stage == i) for i in range(len(STAGES))]
    return [
        {
            "key": key,
            "name": name,
            "gate": gate,
            "deals": [deal for deal in every if deal.stage == i],
            "total": totals[i],
            "share": drawing.share(totals[i], max(totals)),
        }
        for i, (key, name, gate) in enumerate(STAGES)
    ]


KINDS = [
    "1h 响应",
    "24h 方案",
    "72h 闭环",
    "48h 答疑",
    "2 日审核",
    "提前 3 天",
    "24h 签收",
    "每周更新",
    "季度回访",
]
HEAT = [
    [100, 98, 97, 95, 93, 100, 100, 96, 94],
    [98, 96, 95, 93, 90, 98, 97, 94, 89],
    [99, 97, 93, 97, 95, 100, 99, 92, 91],
    [97, 94, 92, 96, 88, 100, 98, 91, 86],
    [92, 88, 84, 90, 79, 95, 93, 82, 75],
    [95, 90, 81, 87, 91, 92, 96, 88, None],
    [83, 76, 68, 72, 85, 88, 90, 63, None],
    [71, 64, 58, 69, 77, 82, 74, 55, 48],
]
REACHED = [1.08, 1.01, 0.97, 0.93, 0.88, 0.64, 0.52, 0.47]


def team(now: datetime) -> dict[str, Any]:
    def mean(values: list[int | None]) -> float:
        known = [v for v in values if v is not None]
        return sum(known) / len(known)

    feed = [
        ("siren", "海拓汽配 · 工单 S-1043 首次响应超时", 18, "bad"),
        ("file-check", "锐进新能源 · 合同 H-0331 财务审核通过", 22, "ok"),
        ("package-check", "云栖医疗 · 订单 D-0862 已送达", 43, "ok"),
        ("handshake", "周雨桐 签约 ¥640,000 · 瑞安电气", 57, "ok"),
        ("trending-down", "天工印染 分级 B → C（16 天无进展）", 84, "warn"),
    ]
    return {
        "kpis": [
            (
                "签约额",
                "¥18.42",
                "百万",
                "+12.4%",
                True,
                "目标 ¥21.0 百万",
                [9, 10, 9.6, 11, 12, 13, 14.1, 16, 18.4],
            ),
            (
                "回款率",
                "92.7",
                "%",
                "−1.1",
                False,
                "目标 95%",
                [95, 94.6, 94.9, 93.6, 94, 93.5, 93.4, 92.7],
            ),
            ("新客户", "27", "家", "+5", True, "目标 30 家", [14, 15, 17, 18, 18, 20, 22, 24, 27]),
            (
                "时限合规率",
                "90.6",
                "%",
                "+2.3",
                True,
                "目标 98%",
                [84, 85.4, 87, 86.6, 88, 89, 90.6],
            ),
            (
                "满意度",
                "4.52",
                "/ 5",
                "+0.06",
                True,
                "目标 4.6",
                [4.3, 4.4, 4.38, 4.41, 4.46, 4.52],
            ),
        ],
        "funnel": [
            (n, c, "#")
            for n, c in zip(
                ("线索", "需求确认", "方案演示", "谈判", "合同", "签约"),
                (186, 112, 68, 41, 27, 21),
                strict=True,
            )
        ],
        "reached": [(Thing(name=n), r, "#") for n, r in zip(PEOPLE, REACHED, strict=True)],
        "kinds": KINDS,
        "heat": [
            (Thing(name=n), [(v, "#", "") for v in row], mean(row))
            for n, row in zip(PEOPLE, HEAT, strict=True)
        ],
        "feed": [(i, t, now - timedelta(minutes=m), tone) for i, t, m, tone in feed],
        "league": [
            ("周雨桐", 92.1, "↑1"),
            ("顾清和", 90.3, "—"),
            ("沈亦舟", 88.9, "↑2"),
            ("林知远", 86.4, "↓1"),
        ],
    }


METRICS = [
    (
        "业绩",
        "50–60%",
        [
            ("销售额", "¥2,800,000", "¥2,604,000", 25, "23.2"),
            ("回款率", "95%", "91.2%", 15, "14.4"),
            ("新客户开发数", "5 家", "4 家", 10, "8.0"),
            ("客户留存率", "96%", "97.1%", 5, "5.0"),
        ],
    ),
    (
        "行为",
        "20–30%",
        [
            ("客户拜访达标率", "48 次", "41 次", 9, "7.7"),
            ("流程合规性", "98%", "91.8%", 10, "8.0"),
            ("客户满意度", "4.6 / 5", "4.5 / 5", 6, "5.6"),
        ],
    ),
    (
        "团队协作",
        "10–20%",
        [
            ("跨部门协作评分", "4.5 / 5", "3.9 / 5", 12, "9.0"),
            ("内部知识分享次数", "4 次", "3 次", 8, "5.5"),
        ],
    ),
]


def score() -> dict[str, Any]:
    flat = [(weight, Decimal(earned)) for _, _, rows in METRICS for *_, weight, earned in rows]
    blocks = iter(drawing.waterfall(flat))
    dimensions = [
        (
            name,
            aside,
            [(*row[:4], Decimal(row[4]), next(blocks)) for row in rows],
        )
        for name, aside, rows in METRICS
    ]
    rows = [
        (
            ("S-1038", "提交初步方案：视觉检测漏检", "恒越精密", "11-23 08:19"),
            "超时 2 小时 5 分",
            "bad",
        ),
        (("S-1031", "首次响应：扫码枪离线", "云栖医疗", "11-18 14:02"), "超时 9 分", "bad"),
        (("—", "更新客户状态（第 46 周）", "华茂纺织", "11-15 18:00"), "未完成", "bad"),
        (("D-0858", "每日订单跟踪（20 次）", "海拓汽配", "11-01 → 11-20"), "按时", "ok"),
    ]
    return {"total": sum(earned for _, earned in flat), "dimensions": dimensions, "evidence": rows}
