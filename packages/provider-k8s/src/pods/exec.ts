import type { Readable, Writable } from "node:stream"
import { because, type ExecResult, Failed, type InNamespace, NotFound, type Ref } from "@orrery/core"
import { Effect } from "effect"
import { Client, type V1Status } from "../Client.ts"
import { isMine } from "../objects/labels.ts"
import { podsPath } from "../objects/paths.ts"
import { find } from "../objects/stored.ts"
import type { WirePod } from "../objects/wire.ts"
import { collector, inChunks } from "./buffers.ts"

/** A pod of ours. */
export const findPod = Effect.fnUntraced(function* (operation: string, { name, namespace }: InNamespace<Ref>) {
  const pod = yield* find<WirePod>({ operation, kind: "pod", name, path: podsPath(namespace, name) })
  if (pod === undefined || !isMine(pod))
    return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "pod", name }))
  return pod
})

/** The exit code the server tells, or undefined where the command never ran. */
export const exitCodeOf = (status: V1Status): number | undefined => {
  if (status.status === "Success") return 0
  const told = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message
  return told === undefined ? undefined : Number(told)
}

/** What a command reads and where it writes. */
export interface Streams {
  /** Left out, the first container. */
  readonly container?: string
  readonly stdin?: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  /** A terminal: both outputs come as one. Where `stdout` has `rows` and `columns`, its changes of size are told. */
  readonly tty?: boolean
}

/** Runs a command in a pod, its streams joined to these, and gives its exit code. */
export const attachTo = Effect.fn("kubernetes.exec")(function* (
  ref: InNamespace<Ref>,
  command: ReadonlyArray<string>,
  { container, ...streams }: Streams
) {
  const client = yield* Client
  const pod = yield* findPod("exec", ref)
  const status = yield* client.exec({
    operation: "exec",
    kind: "pod",
    name: ref.name,
    namespace: ref.namespace,
    container: container ?? pod.spec?.containers[0]?.name ?? "",
    command,
    ...streams
  })
  const exitCode = exitCodeOf(status)
  if (exitCode !== undefined) return exitCode
  return yield* because(
    new Failed({
      backend: "kubernetes",
      operation: "exec",
      ...(status.reason === undefined ? {} : { code: status.reason }),
      detail: `${command[0]} did not run in pod ${ref.name}: ${status.message ?? "no reason was given"}`,
      hint: "check that the container has this program and is running"
    })
  )
})

/** Runs a command in a pod's first container and gives what it printed. */
export const exec = Effect.fnUntraced(function* (
  ref: InNamespace<Ref>,
  command: ReadonlyArray<string>,
  { stdin }: { readonly stdin?: string } = {}
) {
  const stdout = collector()
  const stderr = collector()
  const exitCode = yield* attachTo(ref, command, {
    stdout: stdout.stream,
    stderr: stderr.stream,
    ...(stdin === undefined ? {} : { stdin: inChunks(stdin) })
  })
  const result: ExecResult = { exitCode, stdout: stdout.text(), stderr: stderr.text() }
  return result
})
