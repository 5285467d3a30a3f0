// Facts that may be absent, as spreadable pieces: `{...optional('seed', value)}` leaves the key out when there is no value.

export const optional = <K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Record<K, number>>);

/** An empty text counts as absent. */
export const text = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> =>
  value === undefined || value === '' ? {} : ({ [key]: value } as Partial<Record<K, string>>);
