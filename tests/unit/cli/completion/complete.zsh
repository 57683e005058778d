# Completes a line in an interactive zsh behind a pseudo-terminal, and prints one candidate a line.
# Usage: zsh -f complete.zsh SCRIPT LINE
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "source ${(q)0:A:h}/capture.zsh ${(q)1}"
local line
while zpty -r shell line && [[ $line != *READY* ]]; do :; done
zpty -n -w shell "$2"$'\t'
while zpty -r shell line; do
  [[ $line == *HIT:* ]] && print -r -- "${${line##*HIT:}%$'\r\n'}"
  [[ $line == *DONE* ]] && break
done
zpty -d shell
