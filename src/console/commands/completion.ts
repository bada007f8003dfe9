import { hintFor } from '../../source/suggest.ts';
import type { Asked } from '../asked.ts';
import { refuse } from '../refuse.ts';
import { usage } from '../usage.ts';
import { type ExitCode, exit, type World } from '../world.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

/** Scripts that ask the program itself: what can be typed is known in one place. kubectl completes a plugin through an
 *  executable called kubectl_complete-nwctl. */
const scripts: Readonly<Record<(typeof shells)[number], string>> = {
  bash: `# nwctl completion for bash
_nwctl() {
  local IFS=$'\\n' line rest=$COMP_LINE at last=-1 words=()
  # bash breaks words at : = and @, which names of ours hold: what has no space between it is one word.
  for ((at = 0; at <= COMP_CWORD; at++)); do
    if [[ $at -eq 0 || $rest == [[:space:]]* ]]; then last=$((last + 1)); fi
    words[last]+=\${COMP_WORDS[at]}
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"\${COMP_WORDS[at]}"}
  done
  # It replaces only what stands after the last such break, so that is all it may be given.
  local breaks=\${COMP_WORDBREAKS//[^:=@]/} typed=\${words[last]} before=''
  if [[ -n $breaks ]]; then before=\${typed%"\${typed##*[$breaks]}"}; fi
  COMPREPLY=()
  while read -r line; do
    case "$line" in
      :files) compopt -o default 2>/dev/null ;;
      :folders) compopt -o dirnames 2>/dev/null ;;
      *)
        line=\${line%%$'\\t'*}
        COMPREPLY+=("\${line#"$before"}")
        ;;
    esac
  done < <(nwctl __complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _nwctl nwctl
# For kubectl nwctl, an executable kubectl_complete-nwctl with: nwctl __complete -- "$@" | sed 's/^:files$/:0/; s/^:folders$/:16/'
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
