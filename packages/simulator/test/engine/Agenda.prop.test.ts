import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { Agenda, type Ticket } from "../../src/engine/Agenda.ts"

/** The obvious agenda: a list, sorted before each read. */
class SortedList {
  now = 0
  events: Array<{ readonly time: number; readonly eventClass: number; readonly payload: number }> = []

  take(): string {
    this.events = this.events.toSorted(
      (a, b) => a.time - b.time || a.eventClass - b.eventClass || a.payload - b.payload
    )
    const first = this.events.shift()
    if (first === undefined) return "empty"
    this.now = first.time
    return `${first.time} ${first.eventClass} ${first.payload}`
  }

  cancel(payload: number): boolean {
    const before = this.events.length
    this.events = this.events.filter((event) => event.payload !== payload)
    return this.events.length < before
  }
}

type Command =
  | { readonly _tag: "Schedule"; readonly delay: number; readonly eventClass: number; readonly copies: number }
  | { readonly _tag: "Take"; readonly count: number }
  | { readonly _tag: "Cancel"; readonly which: number }

const delay = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 2 ** 44 })
)
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    _tag: fc.constant("Schedule" as const),
    delay,
    eventClass: fc.integer({ min: 0, max: 3 }),
    copies: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 120 }))
  }),
  fc.record({ _tag: fc.constant("Take" as const), count: fc.integer({ min: 1, max: 80 }) }),
  fc.record({ _tag: fc.constant("Cancel" as const), which: fc.nat() })
)

const runBoth = (commands: ReadonlyArray<Command>): void => {
  const agenda = new Agenda({ capacity: 1 })
  const oracle = new SortedList()
  const tickets: Array<Ticket> = []
  const takeOne = () => {
    const next = agenda.nextTime()
    const taken = agenda.take() ? `${agenda.now} ${agenda.class} ${agenda.payload}` : "empty"
    assert.strictEqual(taken, oracle.take())
    if (taken !== "empty") assert.strictEqual(next, agenda.now)
  }
  for (const step of commands) {
    if (step._tag === "Schedule") {
      for (let copy = 0; copy < step.copies; copy++) {
        // Copies land apart by a stride, so that some lists bunch and others spread over several rungs.
        const time = oracle.now + step.delay + copy * (step.delay % 7)
        tickets.push(agenda.schedule(time, step.eventClass, tickets.length))
        oracle.events.push({ time, eventClass: step.eventClass, payload: tickets.length - 1 })
      }
    } else if (step._tag === "Take") for (let k = 0; k < step.count; k++) takeOne()
    else if (tickets.length > 0) {
      const payload = step.which % tickets.length
      assert.strictEqual(agenda.cancel(tickets[payload] as Ticket), oracle.cancel(payload))
    }
    assert.strictEqual(agenda.size, oracle.events.length)
  }
  while (oracle.events.length > 0) takeOne()
  takeOne()
}

describe("Agenda against a sorted list", () => {
  it("gives the same events in the same order for any commands", () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 60 }), runBoth), { numRuns: 300, seed: 1 })
  })

  it("gives the same order for two thousand events of mixed distances, some cancelled", () => {
    fc.assert(
      fc.property(fc.array(delay, { minLength: 2_000, maxLength: 2_000 }), (delays) => {
        const commands = delays.map(
          (each, k): Command =>
            k % 5 === 4
              ? { _tag: "Cancel", which: k * 7 }
              : { _tag: "Schedule", delay: each, eventClass: k % 3, copies: 1 }
        )
        runBoth([...commands, { _tag: "Take", count: 40 }, ...commands.slice(0, 300)])
      }),
      { numRuns: 5, seed: 2 }
    )
  })
})
