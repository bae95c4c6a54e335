import { createServer, connect as dial } from "node:net"
import { Console, Effect, type Scope } from "effect"
import { Argument, Command } from "effect/cli"
import { badInput, type InputError } from "../input/InputError.ts"
import { connect, printedAs, scope } from "./flags.ts"
import { podArgument, podNamed } from "./podNamed.ts"

/** A port of the pod, and the one here that leads to it; left out, any that is free. */
interface Ports {
  readonly here: number | undefined
  readonly there: number
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535

/** Reads `8080` and `9000:8080`, the port here first; `:8080` is any port here. */
const readPorts = (word: string): Effect.Effect<Ports, InputError> => {
  const [first = "", second, ...more] = word.split(":")
  const there = Number(second ?? first)
  const here = first === "" ? undefined : Number(first)
  return more.length > 0 || !isPort(there) || (here !== undefined && !isPort(here))
    ? Effect.fail(
        badInput(`${JSON.stringify(word)} is no port`, "write PORT, HERE:THERE or :THERE, each from 1 to 65535")
      )
    : Effect.succeed({ here, there })
}

/** Listens on the port that was asked for and leads on to the one that was opened. */
const listenOn = (port: number, opened: number): Effect.Effect<void, InputError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>, InputError>((resume) => {
      const server = createServer((near) => {
        const far = dial(opened, "127.0.0.1")
        near.on("error", () => far.destroy()).on("close", () => far.destroy())
        far.on("error", () => near.destroy()).on("close", () => near.destroy())
        near.pipe(far)
        far.pipe(near)
      })
      server.on("error", ({ message }) =>
        resume(Effect.fail(badInput(`port ${port} cannot be listened on here: ${message}`, "name another one")))
      )
      server.listen(port, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

/** Leads ports of this machine to ports of a pod, until it is interrupted. */
export const portForward = Command.make(
  "port-forward",
  {
    pod: podArgument,
    ports: Argument.String("ports").pipe(
      Argument.withMetavar("[HERE:]THERE"),
      Argument.variadic({ min: 1 }),
      Argument.withDescription("Ports of the pod, and which ports here lead to them")
    )
  },
  Effect.fn("cli.portForward")(function* ({ pod: word, ports }) {
    yield* printedAs("table")
    const wanted = yield* Effect.forEach(ports, readPorts)
    const backend = yield* connect()
    const pod = yield* podNamed(backend, word, yield* scope, "reach its ports")
    const manager = yield* backend.containers
    for (const { here, there } of wanted) {
      const opened = yield* manager.portForward(pod, there)
      if (here !== undefined) yield* listenOn(here, opened)
      yield* Console.log(`forwarding 127.0.0.1:${here ?? opened} to port ${there} of pod/${pod.name}`)
    }
    return yield* Effect.never
  }, Effect.scoped)
).pipe(
  Command.withDescription("Reach ports of a pod from here, until Ctrl-C"),
  Command.withExamples([
    { command: "compute port-forward deployment/web-app 8080" },
    { command: "compute port-forward web-app-7f9c-x2x7p 9000:8080", description: "port 9000 here" }
  ])
)
