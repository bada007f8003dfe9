import { hintFor } from '../../rules/suggest.ts';
import type { Asked } from '../asked.ts';
import { refuse } from '../refuse.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Scripts that ask the program itself: what can be typed is known in one place. kubectl completes a plugin through an
 *  executable called kubectl_complete-nwctl. */
const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `# nwctl completion for bash; as kubectl nwctl, put this into an executable kubectl_complete-nwctl: nwctl __complete -- "$@"
_nwctl() {
  local IFS=$'\\n' words
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash breaks words at : and =, which names of ours hold.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local cur cword all
    _get_comp_words_by_ref -n ':=@' -w all -i cword
    words=("\${all[@]:1:cword}")
  fi
  COMPREPLY=()
  local line
  while read -r line; do
    case "$line" in
      :files) compopt -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(nwctl __complete -- "\${words[@]}" 2>/dev/null)
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "\${words[-1]}"; fi
}
complete -F _nwctl nwctl
`,
  zsh: `#compdef nwctl
_nwctl() {
  local -a described
  local line
  for line in "\${(@f)$(nwctl __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :files) _files ;;
      :folders) _files -/ ;;
      '') ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  _describe nwctl described
}
if [ "$funcstack[1]" = "_nwctl" ]; then _nwctl; else compdef _nwctl nwctl; fi
`,
  fish: `function __nwctl_complete
  for line in (nwctl __complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path (commandline -ct)
      case :folders
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c nwctl -f -a '(__nwctl_complete)'
`,
};

export async function run(asked: Asked, world: World): Promise<ExitCode> {
  const [word = ''] = asked.args;
  const shell = shells.find((known) => known === word);
  if (shell === undefined) {
    return refuse(
      [usage(`there is no completion for \`${word}\``, hintFor(word, shells, 'there are bash, zsh and fish'))],
      asked,
      world,
    );
  }
  world.out.write(scripts[shell]);
  return exit.ok;
}
