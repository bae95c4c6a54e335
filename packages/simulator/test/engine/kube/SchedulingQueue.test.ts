import { expect, test } from "vitest"
import { SchedulingQueue } from "../../../src/engine/profiles/kube/SchedulingQueue.ts"

const popAll = (queue: SchedulingQueue, nowMs: number): ReadonlyArray<number> => {
  const popped: Array<number> = []
  for (let pod = queue.pop(nowMs); pod !== undefined; pod = queue.pop(nowMs)) popped.push(pod)
  return popped
}

test("the more important pod goes first, then the older one, then the one that came first", () => {
  const queue = new SchedulingQueue()
  queue.add(1, 0, false, 5)
  queue.add(2, 0, false, 3)
  queue.add(3, 9, false, 8)
  queue.add(4, 0, false, 3)
  expect(popAll(queue, 10)).toEqual([3, 2, 4, 1])
})

test("a gated pod stays out until its gates are gone", () => {
  const queue = new SchedulingQueue()
  queue.add(1, 0, true, 0)
  expect(queue.pop(0)).toBeUndefined()
  queue.ungate(1)
  expect(queue.pop(0)).toBe(1)
})

test("a refused pod waits for a change that may help it, and is tried early when nothing else is there", () => {
  const queue = new SchedulingQueue()
  queue.add(1, 0, false, 0)
  queue.pop(0)
  queue.refused(1, 100)
  expect(queue.pop(5_000)).toBeUndefined()
  queue.changed(() => false, 200)
  expect(queue.sizes.unschedulable).toBe(1)
  queue.changed(() => true, 200)
  expect(queue.sizes.backoff).toBe(1)
  expect(queue.pop(200)).toBe(1)
})

test.each([
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [4, 8_000],
  [5, 10_000],
  [6, 10_000]
])("after refusal %i a pod backs off for %i ms, up to the end of that second", (refusals, backoffMs) => {
  const afterChange = (waitMs: number) => {
    const queue = new SchedulingQueue()
    queue.add(1, 0, false, 0)
    for (let refusal = 1; refusal <= refusals; refusal++) {
      queue.pop(0)
      queue.refused(1, 0)
      if (refusal < refusals) queue.changed(() => true, 0)
    }
    queue.changed(() => true, waitMs)
    return queue.sizes
  }
  expect(afterChange(backoffMs + 999)).toMatchObject({ active: 0, backoff: 1 })
  expect(afterChange(backoffMs + 1_000)).toMatchObject({ active: 1, backoff: 0 })
})

test("backoffs of one second end together, the more important pod first", () => {
  const queue = new SchedulingQueue()
  for (const [pod, priority] of [
    [1, 0],
    [2, 5]
  ] as const)
    queue.add(pod, priority, false, 0)
  expect(popAll(queue, 0)).toEqual([2, 1])
  queue.refused(1, 100)
  queue.refused(2, 900)
  queue.changed(() => true, 950)
  expect(popAll(queue, 3_000)).toEqual([2, 1])
})

test("a pod that waits too long is tried although nothing changed", () => {
  const queue = new SchedulingQueue()
  queue.add(1, 0, false, 0)
  queue.pop(0)
  queue.refused(1, 0)
  queue.flush(300_000)
  expect(queue.sizes.active).toBe(0)
  queue.flush(300_001)
  expect(queue.sizes.active).toBe(1)
})
