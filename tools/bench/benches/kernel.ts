import { Agenda } from "../../../packages/simulator/src/engine/Agenda.ts"
import { ln } from "../../../packages/simulator/src/engine/math/ln.ts"
import { Streams } from "../../../packages/simulator/src/engine/Streams.ts"
import type { BenchResult } from "../main.ts"
import { kernelRivals } from "../rivals/kernelRivals.ts"

const TURNS = 3
/** Ticks per unit of the rivals' time, so that whole times tie about as rarely as their fractions do. */
const TICKS = 1_000_000
const SIZES = [
  { pending: 10_000, events: 5_000_000 },
  { pending: 1_000_000, events: 3_000_000 }
]

/** The hold model: PENDING timers, each that fires sets one more at an exponential delay. Ours and the rivals by turns. */
export const run = async (): Promise<BenchResult> => {
  const rivals = kernelRivals()
  const curve = SIZES.map(({ pending, events }) => {
    const ours: Array<number> = []
    const theirs = rivals.map((): Array<number> => [])
    for (let turn = 0; turn < TURNS; turn++) {
      ours.push(hold(pending, events))
      rivals.forEach((rival, at) => {
        // SimPy takes half a minute to fill a million: once is enough to see its size.
        if (turn === 0 || rival.name.startsWith("SimCore")) theirs[at]?.push(rival.eventsPerSecond(pending, events))
      })
    }
    const medians = rivals.map((rival, at) => [rival.name, Math.round(median(theirs[at] ?? []))] as const)
    return { pending, eventsPerSecond: Math.round(median(ours)), ...Object.fromEntries(medians) }
  })
  const first = curve[0] as Readonly<Record<string, number>>
  const rival = rivals[0]?.name
  return {
    value: first.eventsPerSecond as number,
    unit: "events/s at 10,000 pending",
    against: rival ?? "nothing: no rival can be built here",
    ratio: rival === undefined ? null : (first.eventsPerSecond as number) / (first[rival] as number),
    curve
  }
}

const hold = (pending: number, events: number): number => {
  const stream = new Streams(42).named("delays")
  const mean = pending * TICKS
  const delay = () => Math.floor(-mean * ln((stream.uint32() + 1) / 2 ** 32))
  const agenda = new Agenda({ capacity: pending })
  for (let timer = 0; timer < pending; timer++) agenda.schedule(delay(), 0, timer)
  const started = performance.now()
  let checksum = 0
  for (let event = 0; event < events; event++) {
    agenda.take()
    checksum += agenda.payload
    agenda.schedule(agenda.now + delay(), 0, agenda.payload)
  }
  const seconds = (performance.now() - started) / 1000
  if (agenda.size !== pending || checksum === 0) throw new Error("the hold model lost timers")
  return events / seconds
}

const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
