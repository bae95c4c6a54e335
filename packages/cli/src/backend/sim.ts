import { ideal, simulated } from "@orrery/simulator/backend"
import { Console, Effect, FileSystem } from "effect"
import { lockedSession, writeSession } from "./session.ts"
import { openSimulated } from "./simulated.ts"

/** Named in errors as people asked for it, beside what it plays. */
const profile = { ...ideal, name: "sim (ideal)" }

/** A world that begins with the command and ends with it, or goes on from command to command where a file keeps it. */
export const openSim = Effect.fnUntraced(function* (seed: number, state: string | undefined) {
  if (state === undefined) {
    yield* Console.error(
      "sim: a rehearsal, forgotten when this command ends; --state FILE goes on from command to command"
    )
    return yield* openSimulated(simulated({ profile, seed }))
  }
  const session = yield* lockedSession(state, seed)
  const files = yield* FileSystem.FileSystem
  const calls = [...session.calls]
  return yield* openSimulated(simulated({ profile, seed: session.seed }), {
    past: session.calls,
    keep: (call) => {
      calls.push(call)
      return writeSession(files, state, { ...session, calls })
    }
  })
})
