// The people of a session, from its participants.

interface One {
  role: string;
  here: boolean;
}

/** Each tab of the customer is a participant; all of them are one person. */
export function oneCustomer<P extends One>(participants: readonly P[]): P[] {
  const tabs = participants.filter((one) => one.role === 'customer');
  const customer = tabs.find((one) => one.here) ?? tabs[0];
  return participants.filter((one) => one.role !== 'customer' || one === customer);
}
