import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Logger } from "effect"
import { layer } from "./backend/live.ts"
import { exitCodeOf, run } from "./run.ts"

// what programs say beside their result is no part of it
const logger = Logger.layer([Logger.withConsoleError(Logger.formatSimple)])

run(process.argv.slice(2)).pipe(
  Effect.provide(Layer.mergeAll(layer, logger).pipe(Layer.provideMerge(NodeServices.layer))),
  NodeRuntime.runMain({ disableErrorReporting: true, teardown: (exit, onExit) => onExit(exitCodeOf(exit)) })
)
