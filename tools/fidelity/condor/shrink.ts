// Makes a pool that shows a difference smaller, as long as it still shows one.
import type { Case, Round } from "./draw.ts"

const without = <A>(list: ReadonlyArray<A>, at: number): ReadonlyArray<A> => list.filter((_, i) => i !== at)

const smallerRound = function* (round: Round): Iterable<Round> {
  for (const [i, work] of round.work.entries()) {
    yield { ...round, work: without(round.work, i) }
    if (work.count > 1) yield { ...round, work: round.work.with(i, { ...work, count: work.count - 1 }) }
  }
}

const smaller = function* (pool: Case): Iterable<Case> {
  if (pool.rounds.length > 1) yield { ...pool, rounds: pool.rounds.slice(0, -1) }
  for (const [i, round] of pool.rounds.entries()) {
    for (const less of smallerRound(round)) yield { ...pool, rounds: pool.rounds.with(i, less) }
  }
  for (let i = 0; i < pool.slots.length; i++)
    if (pool.slots.length > 1) yield { ...pool, slots: without(pool.slots, i) }
  if (Object.keys(pool.ceilings).length + Object.keys(pool.floors).length > 0)
    yield { ...pool, ceilings: {}, floors: {} }
}

/** The smallest pool found in `tries` runs that still differs. */
export const shrink = async (pool: Case, differs: (pool: Case) => Promise<boolean>, tries = 60): Promise<Case> => {
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
