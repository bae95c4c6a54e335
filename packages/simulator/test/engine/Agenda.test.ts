import { assert, describe, it } from "vitest"
import { Agenda } from "../../src/engine/Agenda.ts"

const drain = (agenda: Agenda): Array<readonly [time: number, eventClass: number, payload: number]> => {
  const taken: Array<readonly [number, number, number]> = []
  while (agenda.take()) taken.push([agenda.now, agenda.class, agenda.payload])
  return taken
}

describe("Agenda", () => {
  it("orders by time, then class, then the order of scheduling", () => {
    const agenda = new Agenda()
    agenda.schedule(5, 1, 10)
    agenda.schedule(5, 0, 11)
    agenda.schedule(3, 9, 12)
    agenda.schedule(5, 1, 13)
    assert.deepStrictEqual(drain(agenda), [
      [3, 9, 12],
      [5, 0, 11],
      [5, 1, 10],
      [5, 1, 13]
    ])
    assert.strictEqual(agenda.take(), false)
  })

  it("takes an event scheduled for the present before anything later", () => {
    const agenda = new Agenda()
    agenda.schedule(7, 0, 1)
    agenda.schedule(8, 0, 2)
    agenda.take()
    agenda.schedule(7, 0, 3)
    assert.deepStrictEqual(drain(agenda), [
      [7, 0, 3],
      [8, 0, 2]
    ])
  })

  it("cancels once, and never an event that came to sit in the same place", () => {
    const agenda = new Agenda()
    const first = agenda.schedule(1, 0, 1)
    assert.strictEqual(agenda.cancel(first), true)
    assert.strictEqual(agenda.cancel(first), false)
    assert.strictEqual(agenda.nextTime(), -1)
    const second = agenda.schedule(2, 0, 2)
    assert.strictEqual(agenda.cancel(first), false)
    assert.strictEqual(agenda.nextTime(), 2)
    agenda.take()
    assert.strictEqual(agenda.cancel(second), false)
    assert.strictEqual(agenda.cancel(Number.NaN), false)
  })

  it("keeps bounded memory when far timers are set and cancelled for ever", () => {
    const agenda = new Agenda({ capacity: 16 })
    agenda.schedule(2 ** 50, 0, 1)
    for (let k = 0; k < 200_000; k++) agenda.cancel(agenda.schedule(2 ** 40 + k, 0, k))
    assert.strictEqual(agenda.size, 1)
    assert.isBelow(agenda.recordsUsed, 3_000)
    assert.deepStrictEqual(drain(agenda), [[2 ** 50, 0, 1]])
  })

  it("refuses times that are past, broken or beyond exact numbers, and classes out of range", () => {
    const agenda = new Agenda()
    agenda.schedule(10, 0, 0)
    agenda.take()
    for (const time of [9, 10.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1]) {
      assert.throws(() => agenda.schedule(time, 0, 0), RangeError)
    }
    for (const eventClass of [-1, 256, 0.5]) assert.throws(() => agenda.schedule(11, eventClass, 0), RangeError)
    assert.strictEqual(agenda.size, 0)
  })

  it("keeps the order to the last time a Number holds exactly", () => {
    const agenda = new Agenda()
    const last = Number.MAX_SAFE_INTEGER
    for (let k = 0; k < 500; k++) agenda.schedule(last - (k % 250), 0, k)
    const taken = drain(agenda)
    assert.strictEqual(taken.length, 500)
    assert.deepStrictEqual(taken[0], [last - 249, 0, 249])
    assert.deepStrictEqual(taken[499], [last, 0, 250])
  })

  it("shuffles ties by seed, and nothing but ties", () => {
    const run = (tieSeed: number) => {
      const agenda = new Agenda({ tieSeed })
      for (let k = 0; k < 100; k++) agenda.schedule(k < 50 ? 1 : 2, k % 2, k)
      return drain(agenda)
    }
    assert.deepStrictEqual(run(1), run(1))
    assert.notDeepEqual(run(1), run(2))
    const keys = run(3).map(([time, eventClass]) => time * 2 + eventClass)
    assert.deepStrictEqual(keys, keys.toSorted())
    assert.strictEqual(new Set(run(3).map(([, , payload]) => payload)).size, 100)
  })
})
