import * as NodeServices from "@effect/platform-node/NodeServices"
import { type Config, ConfigProvider, Effect, type FileSystem, Layer } from "effect"
import { TestConsole } from "effect/testing"
import type { Backends } from "../src/backend/Backends.ts"
import { layer } from "../src/backend/live.ts"
import { exitCodeOf, run } from "../src/run.ts"

/** What a run of the command printed and ended with. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command in this process, with nothing but `environment` around it. */
export const runCommand = (
  args: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>> = {},
  backends: Layer.Layer<Backends, Config.ConfigError, FileSystem.FileSystem> = layer
): Promise<Outcome> =>
  Effect.gen(function* () {
    const exit = yield* Effect.exit(run(args))
    return {
      code: exitCodeOf(exit),
      out: (yield* TestConsole.logLines).join("\n"),
      err: (yield* TestConsole.errorLines).join("\n")
    }
  }).pipe(
    Effect.provide(
      Layer.mergeAll(backends, TestConsole.layer).pipe(
        Layer.provideMerge(NodeServices.layer),
        Layer.provideMerge(ConfigProvider.layer(ConfigProvider.fromUnknown(environment)))
      )
    ),
    Effect.runPromise
  )
