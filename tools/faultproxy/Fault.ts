/** What can go wrong between a client and the API server, each as the real ones do it. */
export type Fault =
  /** The connection breaks before the request arrives. */
  | { readonly type: "lostRequest" }
  /** The server does it, and the connection breaks before the reply arrives. */
  | { readonly type: "lostReply" }
  | { readonly type: "slow"; readonly ms: number }
  /** Too many requests, with the pause that is asked for. */
  | { readonly type: "busy"; readonly retryAfterSeconds: number }
  /** etcd did not answer in time. */
  | { readonly type: "broken" }
  /** Somebody changed it meanwhile. */
  | { readonly type: "conflict" }
  /** The version, or the page, is too old; told as a status. */
  | { readonly type: "gone" }
  /** The same inside of a stream that began well. */
  | { readonly type: "goneInside" }
  /** The stream breaks in the middle. */
  | { readonly type: "cut"; readonly afterMs: number }
  /** The stream ends in good order and too early. */
  | { readonly type: "closed"; readonly afterMs: number }
  /** The connection stays, and nothing comes any more. */
  | { readonly type: "silent"; readonly afterMs: number }

/** A refusal as the API server writes it. */
export interface Refusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: object
}

const statusOf = (code: number, reason: string, message: string, details: object = {}) => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Failure",
  message,
  reason,
  details,
  code
})

const tooOld = statusOf(410, "Expired", "too old resource version: 1 (2)")
const continueTooOld = statusOf(
  410,
  "Expired",
  "The provided continue parameter is too old to display a consistent list result."
)

/** The line that a watch ends with when its version is too old. */
export const goneEvent = `${JSON.stringify({ type: "ERROR", object: tooOld })}\n`

/** What the server would answer; undefined for faults of the way to it. */
export const refusalOf = (fault: Fault, isLaterPage: boolean): Refusal | undefined => {
  switch (fault.type) {
    case "busy":
      return {
        status: 429,
        headers: { "retry-after": String(fault.retryAfterSeconds) },
        body: statusOf(429, "TooManyRequests", "too many requests, please try again later", {
          retryAfterSeconds: fault.retryAfterSeconds
        })
      }
    case "broken":
      return { status: 500, headers: {}, body: statusOf(500, "InternalError", "etcdserver: request timed out") }
    case "conflict":
      return {
        status: 409,
        headers: {},
        body: statusOf(
          409,
          "Conflict",
          "Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again"
        )
      }
    case "gone":
      return { status: 410, headers: {}, body: isLaterPage ? continueTooOld : tooOld }
    default:
      return undefined
  }
}
