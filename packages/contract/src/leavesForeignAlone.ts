import { Effect } from "effect"
import { expectSame, expectThat } from "./expect.ts"
import type { Given, RuleResult } from "./Rule.ts"

/** Plants what is not ours, lets ours come and go, and looks whether the rest is as it was. */
export const leavesForeignAlone = ({ foreign }: Given, like: ReadonlyArray<string>, ours: RuleResult): RuleResult =>
  Effect.gen(function* () {
    yield* foreign.plant(like)
    const planted = yield* foreign.intact
    yield* expectThat(planted.length > 0, "nothing was planted")
    yield* ours
    yield* expectSame(yield* foreign.intact, planted, "things that are not ours")
  }).pipe(Effect.ensuring(Effect.ignore(foreign.clear)))
