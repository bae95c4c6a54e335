import type { Fault, GroupSpec } from "../life/Scenario.ts"
import { uniformInteger } from "../math/sample.ts"
import type { Stream } from "../Stream.ts"

const minuteMs = 60_000

type Make = (draw: Stream, atMs: number, groups: ReadonlyArray<GroupSpec>) => Fault

const lasting = (draw: Stream): number => uniformInteger(draw, 1, 40) * minuteMs

const makers: ReadonlyArray<Make> = [
  (draw, atMs) => ({ kind: "nodeFailure", atMs, pick: draw.below(1_000) }),
  (draw, atMs) => ({ kind: "spotReclaim", atMs, pick: draw.below(1_000) }),
  (draw, atMs) => ({ kind: "nodeSilence", atMs, durationMs: lasting(draw), pick: draw.below(1_000) }),
  (draw, atMs) => ({ kind: "zoneOutage", atMs, durationMs: lasting(draw), zone: draw.below(3) }),
  (draw, atMs, groups) => ({
    kind: "bootFailure",
    atMs,
    durationMs: lasting(draw),
    group: groups[draw.below(groups.length)]?.name ?? ""
  }),
  (draw, atMs) => ({ kind: "slowBoot", atMs, durationMs: lasting(draw), factor: uniformInteger(draw, 2, 20) }),
  (draw, atMs) => ({ kind: "apiLag", atMs, durationMs: lasting(draw), lagMs: uniformInteger(draw, 1, 120) * 1_000 })
]

/** Faults within the active time: of each kind none in half of the runs, else a few or many. */
export const drawFaults = (draw: Stream, groups: ReadonlyArray<GroupSpec>, activeMs: number): ReadonlyArray<Fault> =>
  makers.flatMap((make) => {
    const count = draw.below(2) === 0 ? 0 : uniformInteger(draw, 1, draw.below(4) === 0 ? 20 : 3)
    return Array.from({ length: count }, () => make(draw, draw.below(activeMs), groups))
  })
