import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeStdio from "@effect/platform-node/NodeStdio"
import * as NodeTerminal from "@effect/platform-node/NodeTerminal"
import { Console, Effect, Layer, Logger } from "effect"
import { ChildProcessSpawner } from "effect/process"
import { layer } from "./backend/live.ts"
import { readerGone } from "./output/readerGone.ts"
import { exitCodeOf, run } from "./run.ts"

// what programs say beside their result is no part of it
const logger = Logger.layer([Logger.withConsoleError(Logger.formatSimple)])

// a command line may need other programs; ours starts none, so what it takes to start them is not loaded
const spawner = Layer.succeed(
  ChildProcessSpawner.ChildProcessSpawner,
  ChildProcessSpawner.make(() => Effect.die(new Error("this command starts no other program")))
)

const node = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeStdio.layer, NodeTerminal.layer, spawner)

// a pipe takes in what is said a piece at a time: whoever ended before would be cut short
const allSaid = (then: () => void) => process.stdout.write("", () => process.stderr.write("", then))

run(process.argv.slice(2)).pipe(
  Effect.raceFirst(readerGone),
  Effect.onInterrupt(() => Console.error("interrupted")),
  Effect.provide(Layer.mergeAll(layer, logger).pipe(Layer.provideMerge(node))),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => allSaid(() => onExit(exitCodeOf(exit)))
  })
)
