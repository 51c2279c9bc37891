export const en = {
  title: 'Sign in to Hoory',
  email: 'E-mail',
  password: 'Password',
  signIn: 'Sign in',
  wrong: 'E-mail and password do not fit together. Check both and try again.',
} as const;
