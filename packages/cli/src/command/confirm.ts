import { Effect, Stdio } from "effect"
import { Prompt } from "effect/cli"
import { badInput } from "../input/InputError.ts"

/** Asks before anything changes. Without a terminal nobody can answer, so `--yes` must have been given. */
export const confirm = Effect.fnUntraced(function* (question: string, yes: boolean) {
  if (yes) return true
  const { stdinIsTerminal } = yield* Stdio.Stdio
  if (!(yield* stdinIsTerminal))
    return yield* badInput(
      "this would change something, and nobody is here to be asked",
      "add --yes to go on, or --dry-run to only look"
    )
  return yield* Prompt.run(Prompt.Confirm({ message: question, initial: false }))
})
