/// <reference types="node" preserve="true" />
import { EC2Client } from "@aws-sdk/client-ec2"
import { because, type ComputeError, type ConfigFields, InvalidInput } from "@orrery/core"
import { Context, Effect, Layer, Redacted } from "effect"
import { classify } from "./classify.ts"

export * from "@aws-sdk/client-ec2"

/** How to reach EC2. What is left out comes from the environment, as for every AWS tool. */
export interface AwsConfig {
  readonly region?: string
  /** Another server that speaks EC2. */
  readonly endpoint?: string
  readonly accessKeyId?: string
  readonly secretAccessKey?: string | Redacted.Redacted
  readonly sessionToken?: string | Redacted.Redacted
  /** The image of machines whose pool names none. */
  readonly image?: string
  /** Prices in millionths of a US dollar an hour by instance type; they go before the table of this package. */
  readonly microUsdPerHour?: Readonly<Record<string, number>>
}

/** Every field of `AwsConfig`. */
export const configFields: ConfigFields<AwsConfig> = {
  region: "optional",
  endpoint: "optional",
  accessKeyId: "optional",
  secretAccessKey: "optional",
  sessionToken: "optional",
  image: "optional",
  microUsdPerHour: "optional"
}

/** A server that says nothing for so long says nothing any more; whether it did what was asked is unknown. */
const answerMsMax = 60_000
const connectMsMax = 10_000

/** EC2 itself. The only place that holds the SDK: one call is one request, retried by nobody but our middleware. */
export class Client extends Context.Service<
  Client,
  {
    readonly config: AwsConfig
    readonly region: Effect.Effect<string, ComputeError>
    readonly call: <A>(
      operation: string,
      subject: string,
      send: (client: EC2Client, signal: AbortSignal) => Promise<A>
    ) => Effect.Effect<A, ComputeError>
  }
>()("@orrery/provider-aws/Client") {
  static readonly layer = (config: AwsConfig): Layer.Layer<Client, ComputeError> =>
    Layer.effect(
      Client,
      Effect.gen(function* () {
        yield* halfKey(config)
        const client = yield* Effect.acquireRelease(
          Effect.sync(() => new EC2Client(settings(config))),
          (open) => Effect.sync(() => open.destroy())
        )
        const attempt = <A>(operation: string, subject: string, send: (signal: AbortSignal) => Promise<A>) =>
          Effect.tryPromise({ try: send, catch: (fault) => classify(operation, subject, fault) })
        return Client.of({
          config,
          region: attempt("region", "region", () => client.config.region()),
          call: (operation, subject, send) => attempt(operation, subject, (signal) => send(client, signal))
        })
      })
    )
}

const plain = (secret: string | Redacted.Redacted): string =>
  typeof secret === "string" ? secret : Redacted.value(secret)

/** Half a key is a mistake: going on with whatever the environment has would reach somebody's other account. */
const halfKey = ({ accessKeyId, secretAccessKey }: AwsConfig): Effect.Effect<void, ComputeError> => {
  if ((accessKeyId === undefined) === (secretAccessKey === undefined)) return Effect.void
  const path = accessKeyId === undefined ? "accessKeyId" : "secretAccessKey"
  const problem = { path: `config.${path}`, message: "missing", remedy: "give both parts of the key, or none" }
  return Effect.fail(because(new InvalidInput({ backend: "aws", operation: "connect", problems: [problem] })))
}

const settings = ({ accessKeyId, endpoint, region, secretAccessKey, sessionToken }: AwsConfig) => ({
  // one retry layer only: ours
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: connectMsMax,
    requestTimeout: answerMsMax,
    throwOnRequestTimeout: true
  },
  ...(region === undefined ? {} : { region }),
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(accessKeyId === undefined || secretAccessKey === undefined
    ? {}
    : {
        credentials: {
          accessKeyId,
          secretAccessKey: plain(secretAccessKey),
          ...(sessionToken === undefined ? {} : { sessionToken: plain(sessionToken) })
        }
      })
})
