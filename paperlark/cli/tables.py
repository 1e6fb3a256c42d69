"""What ``paperlark evaluate`` found, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paperlark.render import figures
from paperlark.render.escape import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_COLUMNS = (
    ("coverage", 9, "{:.3f}"),
    ("auc", 7, "{:.3f}"),
    ("mean_relevance", 10, "{:.2f}"),
)
_COMPARED = (("same", 7, "{:.2f}"), ("within_1", 10, "{:.2f}"), ("qwk", 7, "{:.2f}"))
_EACH = (
    ("prompt_tokens", 9, "{:.0f}"),
    ("completion_tokens", 9, "{:.0f}"),
    ("cost_usd", 12, "{:.6f}"),
)
_EFFECTS = " coverage    auc relevance   same  within 1    qwk   prompt completed   $ a paper"
_PANEL = (
    "  date        relevance (95 %)            novelty (95 %)               same  within 1  model"
)


def days(result: Mapping[str, Any]) -> str:
    """Labelled days: every figure with its interval."""
    model = f" ({plain(result['model'])})" if result.get("model") else ""
    span = figures.many(len(result["days"]), "day")
    lines = [f"{result['scorer']} scorer{model}, trained {result['train']}, {span}", ""]
    for name, value in result["overall"].items():
        bounds = result["intervals"].get(name)
        if isinstance(value, dict):
            for at, inner in value.items():
                lines.append(_line(f"{name} {at}", inner, bounds[at] if bounds else None))
        else:
            lines.append(_line(name, value, bounds))
    return "".join(f"{line}\n" for line in (*lines, *_facts(result)))


def _line(name: str, value: float | None, bounds: Sequence[float] | None) -> str:
    between = f"  ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else ""
    return f"  {name:<20} {_figure(value)}{between}"


def _facts(result: Mapping[str, Any]) -> Iterator[str]:
    """What went wrong, with its number; then why the model was no longer asked."""
    for reason, number in result.get("undecided", {}).items():
        yield f"  {figures.many(number, 'paper')} undecided: {plain(reason)}"
    for note in result.get("notes", ()):
        yield f"  {plain(note)}"


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def effects(result: Mapping[str, Any]) -> str:
    """One line a value; tokens and US dollars are a paper's."""
    of = f"{figures.many(result['papers'], 'paper')}, {figures.count(result['selected'])} selected"
    lines = [
        f"{plain(result['model'])}, {of}; compared with the first value",
        "",
        f"  {result['varied']:<11}{_EFFECTS}",
    ]
    for row in result["values"]:
        cells = "".join(
            _cell(part.get(name), wide, form)
            for part, columns in (
                (row, _COLUMNS),
                (row["agreement"] or {}, _COMPARED),
                (row["per_paper"], _EACH),
            )
            for name, wide, form in columns
        )
        lines.append(f"  {plain(row['value']):<11}{cells}")
        lines += _facts(row)
    total = [row["cost_usd"] for row in result["values"]]
    cost = "cost unknown" if None in total else figures.money(sum(total))
    return "".join(f"{line}\n" for line in (*lines, "", f"  In all: {cost}"))


def _cell(value: float | None, wide: int, form: str) -> str:
    return f"{'–' if value is None else form.format(value):>{wide}}"


def panel(result: Mapping[str, Any]) -> str:
    """One line a scoring of the panel."""
    papers = figures.many(len(result["panel"]["papers"]), "paper")
    drawn = result["panel"]["drawn"]
    lines = [f"{papers}, drawn on {drawn}; compared with the first scoring", "", _PANEL]
    for row in result["scorings"]:
        changed = f" (another {' and '.join(row['changed'])})" if row["changed"] else ""
        lines.append(
            f"  {row['date']}  {_drift(row['relevance_drift'])}  {_drift(row['novelty_drift'])}"
            f"  {_cell(row['same'], 5, '{:.2f}')}  {_cell(row['within_1'], 8, '{:.2f}')}"
            f"  {plain(row['model'])}{changed}"
        )
    return "".join(f"{line}\n" for line in lines)


def _drift(found: Mapping[str, float | None] | None) -> str:
    if found is None:
        return f"{'–':<26}"
    text = f"{found['mean']:+.2f}"
    if found["low"] is not None:
        text += f" ({found['low']:+.2f} to {found['high']:+.2f})"
    return f"{text:<26}"
