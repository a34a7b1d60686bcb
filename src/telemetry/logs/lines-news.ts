// What the logs of sensors say besides flows, made alike whichever log it is from: alerts and looked-up names.

const signatureLettersMax = 200;

/** The port of an alert; 0 when it has none. */
export function alertPort(port: number): number {
  return port >= 0 && port <= 65_535 ? port : 0;
}

export function alertSignature(text: string): string {
  return text.slice(0, signatureLettersMax);
}

/** A name as it is watched for: lower case, without the dot of the root. */
export function watchableName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
