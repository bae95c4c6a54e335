import { Schema } from "effect"
import { NonEmptyText } from "./NonEmptyText.ts"

/** What Linux lets a container do beyond, or short of, what is usual; by names such as `NET_ADMIN`, or `ALL`. */
const LinuxCapabilities = Schema.Struct({
  add: Schema.optionalKey(Schema.Array(NonEmptyText)),
  drop: Schema.optionalKey(Schema.Array(NonEmptyText))
})

/** As whom a container runs and what it may do; what is left out is as the image and the machine have it. */
export const SecurityContext = Schema.Struct({
  runAsUser: Schema.optionalKey(Schema.Natural),
  runAsGroup: Schema.optionalKey(Schema.Natural),
  runAsNonRoot: Schema.optionalKey(Schema.Boolean),
  readOnlyRootFilesystem: Schema.optionalKey(Schema.Boolean),
  privileged: Schema.optionalKey(Schema.Boolean),
  allowPrivilegeEscalation: Schema.optionalKey(Schema.Boolean),
  capabilities: Schema.optionalKey(LinuxCapabilities),
  /** Which system calls it may make: those that the runtime thinks harmless, or all. */
  seccomp: Schema.optionalKey(Schema.Literals(["RuntimeDefault", "Unconfined"]))
}).check(
  Schema.makeFilter(({ allowPrivilegeEscalation, capabilities, privileged, runAsNonRoot, runAsUser }) => [
    ...(runAsNonRoot === true && runAsUser === 0
      ? [{ path: ["runAsUser"], issue: "user 0 is root, and run_as_non_root forbids root; give another user" }]
      : []),
    ...(allowPrivilegeEscalation === false && (privileged === true || capabilities?.add?.includes("SYS_ADMIN") === true)
      ? [
          {
            path: ["allowPrivilegeEscalation"],
            issue: "a container that is privileged, or has SYS_ADMIN, can always gain more; leave one of the two out"
          }
        ]
      : [])
  ])
)
export type SecurityContext = typeof SecurityContext.Type
