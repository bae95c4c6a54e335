import { expect, test } from "vitest"
import { UnstableSort } from "../../../src/engine/profiles/kube/UnstableSort.ts"

interface Item {
  readonly priority: number
  readonly start: number
  readonly id: number
}

/** The order that preemption asks for: with -1 for a start that is "now", it is no true one. */
const outranks = (left: Item, right: Item): boolean => {
  if (left.priority !== right.priority) return left.priority > right.priority
  return right.start < 0 || (left.start >= 0 && left.start < right.start)
}

/** What Go 1.26's sort.Slice made of the same forty lists: a sum over each item and its place. */
const sums = [
  163600, 672781, 400635, 253096, 944475, 369673, 651268, 307731, 506286, 972824, 184026, 835048, 69514, 677852, 327332,
  966018, 685382, 285265, 588529, 235456, 887292, 939255, 34343, 250839, 804027, 593075, 227753, 589023, 897487, 13245,
  501825, 989885, 182457, 986807, 152721, 271207, 811754, 785671, 814192, 780879
]

test("items of equal rank are left in the very order that the real scheduler's language leaves them in", () => {
  let state = 7
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) % count
  }
  const drawItem = (mode: number, priorities: number, id: number): Item => {
    const drawn = below(priorities)
    const start = below(4) - 1
    if (mode === 1) return { priority: Math.floor(id / 3), start, id }
    if (mode === 2) return { priority: -Math.floor(id / 2), start, id }
    return { priority: mode === 3 && below(10) > 0 ? -id : drawn, start, id }
  }
  const ours = sums.map(() => {
    const count = 1 + below(250)
    const mode = below(4)
    const priorities = 1 + below(6)
    const items = Array.from({ length: count }, (_, id) => drawItem(mode, priorities, id))
    return UnstableSort.sorted(items, outranks).reduce((sum, { id }, at) => (sum * 31 + id + at) % 1000003, 0)
  })
  expect(ours).toEqual(sums)
})

test("sorts, whatever the comparison does to make it slow", () => {
  for (const count of [13, 50, 64, 300]) {
    // An adversary decides only when asked, and always against the pivot.
    const values = new Array<number>(count).fill(count)
    let [frozen, candidate] = [0, 0]
    const isBefore = (left: number, right: number): boolean => {
      if (values[left] === count && values[right] === count) values[left === candidate ? left : right] = frozen++
      if (values[left] === count) candidate = left
      else if (values[right] === count) candidate = right
      return (values[left] as number) < (values[right] as number)
    }
    const sorted = UnstableSort.sorted([...values.keys()], isBefore).map((item) => values[item] as number)
    expect(sorted).toEqual(sorted.toSorted((left, right) => left - right))
  }
})
