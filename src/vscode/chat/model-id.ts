/** The provider's id and the model's own id in the id of one of our models. Model ids may hold slashes themselves. */
export function splitModelId(id: string): readonly [provider: string, model: string] {
  const slash = id.indexOf("/");
  return [id.slice(0, Math.max(0, slash)), id.slice(slash + 1)];
}
