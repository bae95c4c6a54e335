import type { ComputeError } from "@orrery/core"
import { Effect, Result } from "effect"
import type { Arbitrary } from "fast-check"
import { expectThat, type Mismatch } from "../expect.ts"
import type { Given, RuleResult } from "../Rule.ts"

/** What a call may answer (`done`, or the tag of a reason), and what holds afterwards. */
export interface Next<State> {
  readonly allowed: ReadonlyArray<string>
  readonly state: State
}

/** A service as simple as it can be written, to compare the real one with. Commands are plain data. */
export interface Model<Command, State, Api> {
  readonly commands: Arbitrary<Command>
  readonly initial: State
  /** The command as a line of code. */
  readonly print: (command: Command) => string
  readonly next: (state: State, command: Command) => Next<State>
  readonly call: (api: Api, given: Given, command: Command) => Effect.Effect<unknown, ComputeError>
  /** Waits until the service shows what the model says, and gives what is known then. */
  readonly settle: (api: Api, given: Given, state: State) => Effect.Effect<State, Mismatch | ComputeError>
}

/** Does the commands one by one on the service and on the model; now and then, and at the end, both must show the same. */
export const follow = <Command, State, Api>(
  model: Model<Command, State, Api>,
  commands: ReadonlyArray<Command | "settle">,
  api: Api,
  given: Given
): RuleResult =>
  Effect.gen(function* () {
    let state = model.initial
    for (const command of commands) {
      if (command === "settle") {
        state = yield* model.settle(api, given, state)
        continue
      }
      const next = model.next(state, command)
      const result = yield* Effect.result(model.call(api, given, command))
      const answer = Result.isSuccess(result) ? "done" : result.failure.reason._tag
      yield* expectThat(
        next.allowed.includes(answer),
        `${model.print(command)}: allowed ${next.allowed.join(" or ")}, found ${answer}`
      )
      state = next.state
    }
    yield* model.settle(api, given, state)
  })

/** The failing commands as code that a person can paste. */
export const printed = <Command, State, Api>(
  { print }: Model<Command, State, Api>,
  commands: ReadonlyArray<Command | "settle">
): string => commands.map((command) => (command === "settle" ? "yield* settle" : `yield* ${print(command)}`)).join("\n")
