import { because, type ExecResult, Failed, NotFound, type Ref } from "@orrery/core"
import { Effect } from "effect"
import { Client, type ExecReply } from "./Client.ts"
import { isMine } from "./labels.ts"
import { podsPath } from "./paths.ts"
import { find } from "./stored.ts"
import type { WirePod } from "./wire.ts"

/** A pod of ours that has a container to talk to. */
const findPod = Effect.fnUntraced(function* (operation: string, { name, namespace = "default" }: Ref) {
  const pod = yield* find<WirePod>({ operation, kind: "pod", name, path: podsPath(namespace, name) })
  if (pod === undefined || !isMine(pod))
    return yield* because(new NotFound({ backend: "kubernetes", operation, kind: "pod", name }))
  return { namespace, name, container: pod.spec?.containers[0]?.name ?? "" }
})

/** The exit code the server tells, or undefined where the command never ran. */
export const exitCodeOf = ({ status }: Pick<ExecReply, "status">): number | undefined => {
  if (status.status === "Success") return 0
  const told = status.details?.causes?.find(({ reason }) => reason === "ExitCode")?.message
  return told === undefined ? undefined : Number(told)
}

/** Runs a command in a pod's first container. */
export const exec = Effect.fn("kubernetes.exec")(function* (
  ref: Ref,
  command: ReadonlyArray<string>,
  options: { readonly stdin?: string } = {}
) {
  const client = yield* Client
  const pod = yield* findPod("exec", ref)
  const reply = yield* client.exec({ operation: "exec", kind: "pod", ...pod, command, ...options })
  const exitCode = exitCodeOf(reply)
  if (exitCode === undefined)
    return yield* because(
      new Failed({
        backend: "kubernetes",
        operation: "exec",
        ...(reply.status.reason === undefined ? {} : { code: reply.status.reason }),
        detail: `${command[0]} did not run in pod ${ref.name}: ${reply.status.message ?? "no reason was given"}`,
        hint: "check that the container has this program and is running"
      })
    )
  const result: ExecResult = { exitCode, stdout: reply.stdout, stderr: reply.stderr }
  return result
})

/** Opens a local port that leads to one of the pod's. */
export const portForward = Effect.fn("kubernetes.portForward")(function* (ref: Ref, port: number) {
  const client = yield* Client
  const pod = yield* findPod("portForward", ref)
  return yield* client.forward({ operation: "portForward", kind: "pod", ...pod }, port)
})
