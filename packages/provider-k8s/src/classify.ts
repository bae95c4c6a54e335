import {
  because,
  type ComputeError,
  Conflict,
  Failed,
  Forbidden,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  type Reason,
  Stale,
  Throttled,
  Unauthenticated,
  Unavailable,
  Unclassified,
  Unsupported
} from "@orrery/core"
import { notAnApiServer, unreachable } from "./connection/unreachable.ts"

/** What a call was about. */
export interface Subject {
  readonly operation: string
  readonly kind: string
  readonly name: string
}

/** What of the API server's `Status` we read. */
interface Status {
  readonly reason?: string
  readonly message?: string
  readonly details?: {
    readonly kind?: string
    readonly name?: string
    readonly causes?: ReadonlyArray<{ readonly reason?: string; readonly message?: string; readonly field?: string }>
    readonly retryAfterSeconds?: number
  }
}

/** A failed call: the server's answer, or the network's code where there was none. */
export interface Fault {
  readonly status?: number
  readonly code?: string
  readonly message?: string
  readonly body?: Status
  readonly retryAfterMs?: number
  readonly requestId?: string
  /** The answer bears no mark of an API server. */
  readonly foreign?: boolean
}

type At = { readonly backend: string; readonly operation: string; readonly code?: string; readonly requestId?: string }

const webhook = /admission webhook "([^"]+)" denied the request/
const brokenWebhook = /failed calling webhook "([^"]+)"/
const limitRange =
  /^.*?(?:maximum|minimum) [\w./-]+ usage per (?:Container|Pod|PersistentVolumeClaim)|LimitRequestRatio/

const forbidden = (at: At, { kind, name }: Subject, where: string, message: string): Reason => {
  const denied = webhook.exec(message)
  if (denied !== null)
    return new Failed({
      ...at,
      detail: `${kind} ${name}: ${message}`,
      hint: `change it as the webhook ${denied[1]} says, or ask who runs that webhook`
    })
  if (message.includes("exceeded quota")) return new QuotaExceeded({ ...at, quota: message })
  if (limitRange.test(message)) return new InvalidInput({ ...at, problems: [{ path: name, message }] })
  if (message.includes("is being terminated")) return new Stale({ ...at, detail: message })
  return new Forbidden({ ...at, detail: `${message} (${where})` })
}

const conflict = (at: At, { kind, name }: Subject, { body, message = "" }: Fault): Reason => {
  if (body?.reason === "AlreadyExists") return new Conflict({ ...at, kind, name, detail: "it exists already" })
  const fields = (body?.details?.causes ?? []).filter(({ reason }) => reason === "FieldManagerConflict")
  return fields.length === 0
    ? new Stale({ ...at, detail: message })
    : new Conflict({
        ...at,
        kind,
        name,
        detail: fields.map((cause) => `${cause.field ?? ""}: ${cause.message ?? ""}`).join("; ")
      })
}

const invalid = (at: At, { name }: Subject, { body, message = "" }: Fault): Reason => {
  const causes = body?.details?.causes ?? []
  return new InvalidInput({
    ...at,
    problems:
      causes.length === 0
        ? [{ path: name, message }]
        : causes.map((cause) => ({ path: cause.field ?? name, message: cause.message ?? message }))
  })
}

const absent = (at: At, { kind, name }: Subject, { body }: Fault): Reason => {
  const details = body?.details
  return details?.kind === "namespaces"
    ? new NotFound({ ...at, kind: "namespace", name: details.name ?? name })
    : new NotFound({ ...at, kind, name })
}

const busy = (at: At, { body, message = "", retryAfterMs }: Fault): Reason => {
  const blocked = body?.details?.causes?.find(({ reason }) => reason === "DisruptionBudget")
  if (blocked !== undefined) return new Stale({ ...at, detail: `${message} ${blocked.message ?? ""}`.trim() })
  const seconds = body?.details?.retryAfterSeconds
  const waitMs = retryAfterMs ?? (seconds === undefined ? undefined : seconds * 1000)
  return new Throttled({ ...at, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) })
}

const internal = (at: At, subject: Subject, where: string, message: string): Reason => {
  const broken = brokenWebhook.exec(message)
  if (broken !== null)
    return new Failed({
      ...at,
      detail: message,
      hint: `the webhook ${broken[1]} does not answer: ask who runs it, or remove its configuration`
    })
  // the server's own words for an eviction that several budgets claim; waiting does not help
  return message.includes("more than one PodDisruptionBudget")
    ? new Failed({
        ...at,
        detail: `${subject.name}: ${message}`,
        hint: "leave the pod to one PodDisruptionBudget only"
      })
    : new Unavailable({ ...at, detail: `${message} (${where})` })
}

const reasonOf = (at: At, subject: Subject, fault: Fault, where: string): Reason => {
  const { message = "", status } = fault
  if (fault.foreign) return notAnApiServer(at, fault, where)
  switch (status) {
    case undefined:
      return unreachable(at, fault, where)
    case 400:
    case 413:
    case 422:
      return webhook.test(message) ? forbidden(at, subject, where, message) : invalid(at, subject, fault)
    case 401:
      return new Unauthenticated({ ...at, detail: `${message} (${where})` })
    case 403:
      return forbidden(at, subject, where, message)
    case 404:
      return absent(at, subject, fault)
    case 405:
    case 406:
    case 415:
      return new Unsupported({ ...at, feature: subject.operation, why: message })
    case 409:
      return conflict(at, subject, fault)
    case 410:
      return new Stale({ ...at, detail: message })
    case 429:
      return busy(at, fault)
    default:
      return status >= 500
        ? internal(at, subject, where, message)
        : new Unclassified({ ...at, detail: `${status} ${message}` })
  }
}

/** Pure: one answer of the API server in, one of our reasons out. `where` names context and server. */
export const classify = (subject: Subject, where: string, fault: Fault): ComputeError => {
  const code = fault.body?.reason ?? fault.code ?? ""
  return because(
    reasonOf(
      {
        backend: "kubernetes",
        operation: subject.operation,
        ...(code === "" ? {} : { code }),
        ...(fault.requestId === undefined ? {} : { requestId: fault.requestId })
      },
      subject,
      fault,
      where
    )
  )
}
