export const en = {
  title: 'Sign in to Hoory',
  email: 'E-mail',
  password: 'Password',
  signIn: 'Sign in',
  wrong: 'E-mail and password do not fit together. Check both and try again.',
  forgot: 'Forgot your password?',
  forgotTitle: 'A new password',
  forgotHelp: 'You get a link by mail and choose one there.',
  sendLink: 'Send the link',
  sent: 'If somebody has this e-mail, the link is on its way. No mail? Whoever runs the server can print you a link.',
  back: 'Back to sign-in',
} as const;
