import { Redacted } from "effect"
import type { AwsConfig } from "../src/index.ts"

/** The EC2 server that the runner of real tests started. */
export const endpoint = process.env.ORRERY_AWS_ENDPOINT ?? ""

/** How to reach it. The image is one of those the server knows from the start. */
export const config: AwsConfig = {
  endpoint,
  region: "us-east-1",
  accessKeyId: "test",
  secretAccessKey: Redacted.make("test"),
  image: "ami-03cf127a"
}

/** Has the server do something wrong, so many times; a misspelt fault is an error. */
export const fault = async (body: Readonly<Record<string, unknown>>): Promise<void> => {
  const answer = await fetch(`${endpoint}/_faults`, { method: "POST", body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
}

/** How many calls have met a fault since the last reset. */
export const faultsMet = async (): Promise<number> => {
  const answer = await fetch(`${endpoint}/_faults`)
  return ((await answer.json()) as { readonly met: number }).met
}

/** An empty account and no faults. */
export const reset = () => fetch(`${endpoint}/_reset`, { method: "POST" })
