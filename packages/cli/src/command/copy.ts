import { Console, Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import { badInput } from "../input/InputError.ts"
import { counted } from "../output/words.ts"
import { connect, containerFlag, printedAs, scope } from "./flags.ts"
import { podNamed } from "./podNamed.ts"

/** Where files are: in a pod, or here. */
interface Place {
  readonly pod: string | undefined
  readonly path: string
}

/** Reads `POD:PATH` and `deployment/NAME:PATH`; whatever begins with `.` or `/` is a path here. */
const readPlace = (word: string): Place => {
  const colon = word.indexOf(":")
  return colon <= 0 || /^[./]/.test(word)
    ? { pod: undefined, path: word }
    : { pod: word.slice(0, colon), path: word.slice(colon + 1) }
}

/** Copies files into a pod or out of it. */
export const cp = Command.make(
  "cp",
  {
    from: Argument.String("from").pipe(
      Argument.withMetavar("FROM"),
      Argument.withDescription("A path here, or POD:PATH")
    ),
    to: Argument.String("to").pipe(
      Argument.withMetavar("TO"),
      Argument.withDescription("A directory: POD:PATH, or a path here; made where there is none")
    ),
    container: containerFlag
  },
  Effect.fn("cli.cp")(function* ({ container, from: fromWord, to: toWord }) {
    yield* printedAs("table")
    const [from, to] = [readPlace(fromWord), readPlace(toWord)]
    const word = from.pod ?? to.pod
    if (word === undefined || (from.pod === undefined) === (to.pod === undefined))
      return yield* badInput("exactly one of both must be in a pod", "write POD:PATH, and a path here as it is")
    if (from.path === "" || to.path === "") return yield* badInput("a path is missing after the colon")
    const backend = yield* connect()
    const { copyFrom, copyTo } = yield* backend.beyond("cp")
    const pod = yield* podNamed(backend, word, yield* scope, "copy files")
    const options = Option.isSome(container) ? { container: container.value } : {}
    const files = yield* (from.pod === undefined ? copyTo : copyFrom)(pod, from.path, to.path, options)
    yield* Console.log(`${counted(files, "file")} copied to ${toWord}`)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Copy a file, or what a directory holds, into a pod or out of it; checksums are compared"),
  Command.withExamples([
    { command: "compute cp ./site deployment/web-app:/srv/site" },
    { command: "compute cp web-app-7f9c-x2x7p:/var/log ./logs" }
  ])
)
