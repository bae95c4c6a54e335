import { because, type ComputeError, Stale, Unavailable } from "@orrery/core"
import { Effect } from "effect"
import type { World } from "./World.ts"

/** What becomes of an open stream just now: it goes on, is closed as if all was said, breaks, or says nothing any more. */
export const fateOf = (
  { dice, profile }: Pick<World, "dice" | "profile">,
  operation: string
): Effect.Effect<"on" | "closed", ComputeError> => {
  const at = { backend: profile.name, operation }
  if (dice.hitsCall(operation, "streamClosedPerMille")) return Effect.succeed("closed")
  if (dice.hitsCall(operation, "streamBrokenPerMille"))
    return Effect.fail(because(new Unavailable({ ...at, detail: "the stream broke" })))
  if (dice.hitsCall(operation, "streamExpiredPerMille"))
    return Effect.fail(because(new Stale({ ...at, detail: "the stream's position is no longer known" })))
  return dice.hitsCall(operation, "streamSilentPerMille") ? Effect.never : Effect.succeed("on")
}
