import { Failed, type Reason, Unavailable } from "@orrery/core"
import type { Fault } from "../classify.ts"

type At = { readonly backend: string; readonly operation: string; readonly code?: string; readonly requestId?: string }

const wrongCertificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "its certificate has run out: renew it there",
  DEPTH_ZERO_SELF_SIGNED_CERT: "nobody vouches for its certificate: name it as `certificate-authority`",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is not known here: name its file as `certificate-authority`",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is not known here: name its file as `certificate-authority`",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its authority is not known here: name its file as `certificate-authority`",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name: use that name, or say it as `tls-server-name`"
}

const plainHttp = /wrong version number|packet length too long|http request/i
const noConnection = /^(UND_ERR_CONNECT|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)/

/** Why there was no answer at all. What no waiting mends is told as a failure, with what does. */
export const unreachable = (at: At, { code = "", message = "" }: Fault, where: string): Reason => {
  const certificate = wrongCertificate[code]
  if (certificate !== undefined) return new Failed({ ...at, detail: `${message} (${where})`, hint: certificate })
  if (!noConnection.test(code) && plainHttp.test(message))
    return new Failed({
      ...at,
      detail: `the server does not speak TLS (${where})`,
      hint: "name the port that speaks TLS, or write http:// in the kubeconfig if plain http is meant"
    })
  return new Unavailable({ ...at, detail: `${message} (${where})` })
}

/** An answer that no API server gave: a web page, a proxy's refusal, a TLS port asked in plain http. */
export const notAnApiServer = (at: At, { message = "", status }: Fault, where: string): Reason =>
  /HTTP request to an HTTPS server/i.test(message)
    ? new Failed({
        ...at,
        detail: `the server speaks TLS and was asked in plain http (${where})`,
        hint: "write https:// in the kubeconfig"
      })
    : status !== undefined && status >= 500
      ? new Unavailable({ ...at, detail: `${status} ${message.slice(0, 100)} (${where})` })
      : new Failed({
          ...at,
          detail: `no API server answered, but something else: ${status} ${JSON.stringify(message.slice(0, 60))} (${where})`,
          hint: "check the context's server address, and the proxy on the way to it"
        })
