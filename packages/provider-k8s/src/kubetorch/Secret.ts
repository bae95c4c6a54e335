import { Redacted } from "effect"
import type { JsonObject } from "./Json.ts"

interface ProviderFacts {
  readonly variables: ReadonlyArray<string>
  readonly directory?: string
  readonly files: ReadonlyArray<string>
}

/** What each provider's tools read: variables, and files below the home directory. */
export const secretProviders = {
  anthropic: { variables: ["ANTHROPIC_API_KEY"], files: [] },
  aws: {
    variables: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
    directory: ".aws",
    files: ["config", "credentials"]
  },
  azure: { variables: ["AZURE_SUBSCRIPTION_ID"], directory: ".azure", files: ["clouds.config"] },
  cohere: { variables: ["COHERE_API_KEY"], files: [] },
  gcp: {
    variables: ["CLIENT_ID", "CLIENT_SECRET"],
    directory: ".config/gcloud",
    files: ["application_default_credentials.json"]
  },
  github: { variables: [], directory: ".config/gh", files: ["hosts.yml"] },
  huggingface: { variables: ["HF_TOKEN"], directory: ".cache/huggingface", files: ["token"] },
  kubeconfig: { variables: [], directory: ".kube", files: ["config"] },
  lambda: { variables: [], directory: ".lambda_cloud", files: ["lambda_keys"] },
  langchain: { variables: ["LANGCHAIN_API_KEY"], files: [] },
  openai: { variables: ["OPENAI_API_KEY"], files: [] },
  pinecone: { variables: ["PINECONE_API_KEY"], files: [] },
  ssh: { variables: [], directory: ".ssh", files: ["id_rsa"] },
  wandb: { variables: ["WANDB_API_KEY"], files: [] }
} as const satisfies Readonly<Record<string, ProviderFacts>>

/** A service whose credentials are known by name. */
export type SecretProvider = keyof typeof secretProviders

/** A secret as a service uses it. Its values, where it has any, are only in `toUpload`. */
export interface Secret {
  readonly name: string
  /** Keys that become variables of the same name. */
  readonly env?: ReadonlyArray<string>
  /** Where its keys appear as files, read only. */
  readonly mountPath?: string
  readonly values?: Readonly<Record<string, Redacted.Redacted<string>>>
}

/** How a provider's secret is used, where not by its variables if it has any and else by its files. */
export interface ProviderSecretOptions {
  readonly name?: string
  readonly as?: "variables" | "files"
  readonly home?: string
  readonly values?: Readonly<Record<string, Redacted.Redacted<string>>>
}

const fromProvider = (provider: SecretProvider, options: ProviderSecretOptions = {}): Secret => {
  const { directory, files, variables }: ProviderFacts = secretProviders[provider]
  const asFiles = options.as === undefined ? variables.length === 0 : options.as === "files"
  const home = options.home ?? "/root"
  return {
    name: options.name ?? provider,
    ...(asFiles ? {} : { env: variables }),
    ...(asFiles && files.length > 0 && directory !== undefined ? { mountPath: `${home}/${directory}` } : {}),
    ...(options.values === undefined ? {} : { values: options.values })
  }
}

/** The object that holds the values, hidden until it is sent; undefined where the secret is in the cluster already. */
const toUpload = (secret: Secret, namespace: string): Redacted.Redacted<JsonObject> | undefined =>
  secret.values === undefined
    ? undefined
    : Redacted.make(
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: secret.name, namespace, labels: { "kubetorch.com/secret-name": secret.name } },
          type: "Opaque",
          stringData: Object.fromEntries(
            Object.entries(secret.values).map(([key, value]) => [key, Redacted.value(value)])
          )
        },
        { label: `secret ${secret.name}` }
      )

/** Secrets by provider, by name, and as they are sent. */
export const Secret = {
  fromProvider,
  /** A secret that is in the cluster: all its keys become variables. */
  fromName: (name: string): Secret => ({ name }),
  toUpload
}
