import { everywhere, nearest, Provider, parseDuration } from "@orrery/core"
import { Config, Effect, Option, Result, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { Backends } from "../backend/Backends.ts"
import { badInput } from "../input/InputError.ts"
import { type Format, formats } from "../output/Row.ts"

/** The command itself, with the flags that every verb takes. */
export const compute = Command.make("compute").pipe(
  Command.withDescription("Clusters, containers and jobs of any kind, and their simulation"),
  Command.withSharedFlags({
    output: Flag.Literals("output", formats).pipe(
      Flag.withAlias("o"),
      Flag.withDefault("table" as const),
      Flag.withDescription("How to print results")
    ),
    namespace: Flag.String("namespace").pipe(
      Flag.withAlias("n"),
      Flag.optional,
      Flag.withDescription("Where deployments, pods and jobs are; left out, the connection's own")
    ),
    allNamespaces: Flag.Boolean("all-namespaces").pipe(
      Flag.withAlias("A"),
      Flag.withDefault(false),
      Flag.withDescription("List what there is in every namespace")
    ),
    backend: Flag.Literals("backend", Provider.literals).pipe(
      Flag.optional,
      Flag.withDescription("Which backend to ask; left out, COMPUTE_BACKEND or the file's provider")
    ),
    state: Flag.String("state").pipe(
      Flag.withMetavar("FILE"),
      Flag.optional,
      Flag.withDescription("Where a simulated backend is kept between commands; left out, it ends with the command")
    )
  })
)

/** How to print what has no other forms than these; what has no wide one is a table there. Asked before anything is done. */
export const printedAs = <Form extends Format>(...forms: ReadonlyArray<Form>) =>
  Effect.flatMap(compute, ({ output }) => {
    const form = forms.find((one) => one === (output === "wide" ? "table" : output))
    return form === undefined
      ? badInput(
          `-o ${output} makes no sense here`,
          forms.length === 1 ? "leave it out" : `allowed: ${forms.join(", ")}`
        )
      : Effect.succeed(form)
  })

/** The files to read; `-` is the standard input. */
export const filesFlag = Flag.String("file").pipe(
  Flag.withAlias("f"),
  Flag.atLeast(0),
  Flag.withMetavar("FILE"),
  Flag.withDescription("File to read, YAML or JSON, or a directory of them; may be repeated, - reads from a pipe")
)

/** What the files ask for, or everything that is wrong with them. The reader is loaded only where files are read. */
export const wantedIn = (files: ReadonlyArray<string>) =>
  Effect.flatMap(
    Effect.promise(() => import("../input/readFiles.ts")),
    ({ readFiles }) => readFiles(files)
  )

/** Whether to go on without asking. */
export const yesFlag = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDefault(false),
  Flag.withDescription("Do not ask before anything changes")
)

/** Whether to stop before anything changes. */
export const dryRunFlag = Flag.Boolean("dry-run").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Only say what would be done")
)

/** Whether to go on as things change. */
export const watchFlag = Flag.Boolean("watch").pipe(
  Flag.withAlias("w"),
  Flag.withDefault(false),
  Flag.withDescription("Go on printing changes")
)

/** How long to wait at most. */
export const timeoutFlag = Flag.String("timeout").pipe(
  Flag.optional,
  Flag.withDescription("Give up after 90s, 10m, ...")
)

/** The milliseconds that were asked for, if any. */
export const timeoutOf = (timeout: Option.Option<string>) =>
  Option.isNone(timeout)
    ? Effect.undefined
    : Effect.fromResult(Result.mapError(parseDuration(timeout.value), (wrong) => badInput(`--timeout: ${wrong}`)))

/** Which container of a pod is meant. */
export const containerFlag = Flag.String("container").pipe(
  Flag.withAlias("c"),
  Flag.optional,
  Flag.withDescription("Which container of the pod; left out, its first")
)

const isProvider = Schema.is(Provider)

/** The backend that COMPUTE_BACKEND names; set to nothing, it says nothing. */
const fromEnvironment = Effect.gen(function* () {
  const name = yield* Config.String("COMPUTE_BACKEND").pipe(Config.withDefault(""))
  if (name === "" || isProvider(name)) return name === "" ? undefined : name
  const meant = nearest(name, Provider.literals)
  return yield* badInput(
    `COMPUTE_BACKEND is ${JSON.stringify(name)}, allowed: ${Provider.literals.join(", ")}`,
    meant === undefined ? undefined : `did you mean ${meant}?`
  )
})

/**
 * Opens the backend that was asked for: by flag, by the environment, by the file. Whoever has said that all is simulated does
 * not reach a cloud because a file names one.
 */
export const connect = Effect.fnUntraced(function* (
  file: { readonly provider?: Provider; readonly region?: string } = {}
) {
  const { backend, state } = yield* compute
  const provider = Option.getOrUndefined(backend) ?? (yield* fromEnvironment) ?? file.provider
  if (provider === undefined)
    return yield* badInput("no backend was named", "give --backend, or set COMPUTE_BACKEND; sim needs nothing else")
  if (provider !== "sim" && Option.isSome(state))
    return yield* badInput(
      `--state keeps a simulated backend, and ${provider} is none`,
      "leave it out, or add --backend sim"
    )
  return yield* (yield* Backends).open(provider, {
    ...(file.region === undefined ? {} : { region: file.region }),
    ...(Option.isSome(state) ? { state: state.value } : {})
  })
})

/** The namespace of what is named or listed; undefined means the connection's own. */
export const scope = Effect.flatMap(compute, ({ allNamespaces, namespace }) =>
  allNamespaces && Option.isSome(namespace)
    ? badInput("both one namespace and all of them were named", "leave out --namespace or --all-namespaces")
    : Effect.succeed({ namespace: allNamespaces ? everywhere : Option.getOrUndefined(namespace) })
)

/** Counts such as replicas. */
export const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
