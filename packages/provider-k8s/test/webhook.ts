import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { dirname, join } from "node:path"
import { Effect } from "effect"
import { applyAs, destroyPath } from "./server.ts"

const configuration = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/policy"

const answer = (uid: string, message: string) => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  response: { uid, allowed: false, status: { code: 403, message } }
})

/** A webhook that refuses every pod of one namespace with these words, for as long as the scope lives. */
export const refusingWebhook = (kubeconfig: string, namespace: string, message: string) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const pki = join(dirname(kubeconfig), "pki")
      const read = (name: string) => readFileSync(join(pki, name))
      const server = createServer({ cert: read("server.crt"), key: read("server.key") }, (request, reply) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const review = JSON.parse(Buffer.concat(chunks).toString()) as { readonly request: { readonly uid: string } }
          reply.writeHead(200, { "content-type": "application/json" })
          reply.end(JSON.stringify(answer(review.request.uid, message)))
        })
      })
      yield* Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)))
      const { port } = server.address() as AddressInfo
      yield* applyAs("test", configuration, {
        apiVersion: "admissionregistration.k8s.io/v1",
        kind: "ValidatingWebhookConfiguration",
        metadata: { name: "policy" },
        webhooks: [
          {
            name: "policy.example.com",
            clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: read("ca.crt").toString("base64") },
            rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
            sideEffects: "None",
            admissionReviewVersions: ["v1"]
          }
        ]
      })
      return server
    }),
    (server) =>
      Effect.andThen(
        destroyPath(configuration),
        Effect.sync(() => {
          server.closeAllConnections()
          server.close()
        })
      )
  )
