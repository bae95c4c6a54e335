// Makes a pool that shows a difference smaller, as long as it still shows one.
import type { Case } from "./draw.ts"

const without = <A>(list: ReadonlyArray<A>, at: number): ReadonlyArray<A> => list.filter((_, i) => i !== at)

const smaller = function* (pool: Case): Iterable<Case> {
  for (let i = 0; i < pool.work.length; i++) if (pool.work.length > 1) yield { ...pool, work: without(pool.work, i) }
  for (let i = 0; i < pool.slots.length; i++)
    if (pool.slots.length > 1) yield { ...pool, slots: without(pool.slots, i) }
  for (const [i, work] of pool.work.entries()) {
    if (work.count > 1) yield { ...pool, work: pool.work.with(i, { ...work, count: work.count - 1 }) }
  }
  if (Object.keys(pool.ceilings).length + Object.keys(pool.floors).length > 0)
    yield { ...pool, ceilings: {}, floors: {} }
}

/** The smallest pool found in `tries` runs that still differs. */
export const shrink = async (pool: Case, differs: (pool: Case) => Promise<boolean>, tries = 40): Promise<Case> => {
  let best = pool
  let left = tries
  for (let found = true; found && left > 0; ) {
    found = false
    for (const next of smaller(best)) {
      if (left-- <= 0) break
      if (!(await differs(next))) continue
      best = next
      found = true
      break
    }
  }
  return best
}
