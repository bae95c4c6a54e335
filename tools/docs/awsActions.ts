import { globSync, readFileSync } from "node:fs"

const call = /\b(?:new (\w+)Command\(|paginate(\w+)\()/g

/** What the AWS provider asks of EC2, as an IAM policy names it, read from its code. */
export const awsActions = (): string => {
  const code = globSync("packages/provider-aws/src/*.ts").map((file) => readFileSync(file, "utf8"))
  const actions = code.flatMap((text) => [...text.matchAll(call)].map(([, sent, listed]) => sent ?? listed ?? ""))
  return [...new Set(actions)]
    .toSorted()
    .map((action) => `- \`ec2:${action}\``)
    .join("\n")
}
