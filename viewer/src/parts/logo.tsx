// The mark: two lanes that ride along each other.

export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg class="logo" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <rect class="logo-ground" width="24" height="24" rx="6" />
      <path class="logo-lead" d="M6.5 17.5V12A5.5 5.5 0 0 1 12 6.5h1" />
      <path class="logo-follow" d="M11.5 17.5V14a2.5 2.5 0 0 1 2.5-2.5" />
      <circle class="logo-lead-end" cx="17" cy="6.6" r="1.9" />
      <circle class="logo-follow-end" cx="17.4" cy="11.6" r="1.6" />
    </svg>
  );
}
