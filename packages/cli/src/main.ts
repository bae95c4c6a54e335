import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import { layer } from "./backend/live.ts"
import { exitCodeOf, run } from "./run.ts"

run(process.argv.slice(2)).pipe(
  Effect.provide(layer.pipe(Layer.provideMerge(NodeServices.layer))),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: (exit, onExit) => onExit(exitCodeOf(exit)) })
)
