#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What bash completes on mntprop's command line. The argument is the tool.
# shellcheck source-path=SCRIPTDIR source=tool_lib.sh
. "$(dirname "$0")/tool_lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
script=$here/../../userspace/mntprop.bash
tool=$(cd "$(dirname "$tool")" && pwd)/$(basename "$tool")
story=$here/data/story.snap
mkdir "$tmp/bin" "$tmp/home" "$tmp/files"
ln -s "$tool" "$tmp/bin/mntprop"
PATH=$tmp/bin:$PATH
export PATH HOME="$tmp/home"

completions() {
	bash "$here/completion.bash" "$script" "$@" 2>"$tmp/err"
}

# offers LINE REPLY...: these and no others, in this order; nor any diagnostics
offers() {
	line=$1
	shift
	completions "$line" | grep -v '^	' >"$tmp/out"
	printf '%s\n' "$@" >"$tmp/wanted"
	[ $# -gt 0 ] || : >"$tmp/wanted"
	diff "$tmp/out" "$tmp/wanted" >>"$tmp/err" && [ ! -s "$tmp/err" ]
}

# among LINE REPLY: this one, too
among() {
	completions "$1" >"$tmp/out" && grep -qxF -e "$2" "$tmp/out" && [ ! -s "$tmp/err" ]
}

# asks LINE OPTION: of readline's, as compopt has it
asks() {
	completions "$1" | grep -q "^	.*$2" && [ ! -s "$tmp/err" ]
}

echo "TAP version 13"

# It has what the tool has, and nothing else.
# shellcheck disable=SC2046 # a list
offers 'mntprop ' $("$tool" --help | sed -n 's/^ \([a-z]*\) .*/\1/p') --help --version
ok "the commands"
commands=$("$tool" --help | sed -n 's/^ \([a-z]*\) .*/\1/p')
for command in $commands; do
	# shellcheck disable=SC2046
	offers "mntprop $command --" $("$tool" "$command" --help |
		sed -n 's/^ [ -][A-Za-z ].  *\(--[a-z-]*\).*/\1/p')
	ok "$command: the options of --help"
	while read -r option; do
		"$tool" "$command" "$option" x --help
	done <"$tmp/out" >"$tmp/help" 2>"$tmp/err"
	! grep -q 'not an option' "$tmp/err"
	ok "$command: which it takes"
	columns=$("$tool" "$command" --help | sed -n '/^Columns:/,/^$/s/^ *\([A-Z][A-Z:-]*\)  .*/\1/p')
	[ "$columns" ] || continue
	# shellcheck disable=SC2086
	offers "mntprop $command -o " $columns
	ok "$command: the columns of --help"
done
# shellcheck disable=SC2046
offers 'mntprop tree --to web -o ' $("$tool" tree --help |
	sed -n '/^Columns with --to:/,/^$/s/^ *\([A-Z][A-Z:-]*\)  .*/\1/p')
ok "tree --to: its own columns"
# shellcheck disable=SC2046
offers 'mntprop predict ' $("$tool" --completion >/dev/null &&
	"$tool" predict --completion | sed -n 's/^operation \([a-z-]*\).*/\1/p') && {
	bad=0
	while read -r operation; do
		"$tool" predict -F "$story" "$operation" /tmp/path /mnt >/dev/null 2>"$tmp/err"
		! grep -q 'no such operation' "$tmp/err" || bad=1
	done <"$tmp/out"
	[ $bad -eq 0 ]
}
ok "predict: its operations"
for operation in setattr remount; do
	words=$("$tool" predict --completion | sed -n "s/^operation $operation //p")
	# shellcheck disable=SC2086 # a list
	[ "$words" ] && offers "mntprop predict $operation " $words && asks "mntprop predict $operation " nospace &&
		for word in $words; do
			"$tool" predict -F "$story" $operation "$word" / >/dev/null 2>"$tmp/err"
			! grep . "$tmp/err" || break
		done && [ ! -s "$tmp/err" ]
	ok "predict $operation: its attributes, each of which it takes"
done
offers 'mntprop predict setattr ro,nos' ro,nosuid ro,nosymfollow &&
	offers 'mntprop predict -R setattr ro,nosuid,nos' ro,nosuid,nosymfollow
ok "predict setattr: one more attribute, none twice"
offers 'mntprop predict setattr pri' private && offers 'mntprop predict remount pri'
ok "predict setattr: a type, which remount has not"
while read -r command arguments option words; do
	# shellcheck disable=SC2086
	offers "mntprop $command --$option=" $words
	ok "$command --$option="
	for word in $words; do
		"$tool" "$command" -F "$story" "$arguments" "--$option=$word"
	done 2>"$tmp/err" >/dev/null
	! grep -q neither "$tmp/err"
	ok "$command takes each --$option"
done <<'END'
tree / color auto always never
why / need shared slave private
graph / format svg html png dot
tree / source module proc
END

# What is half typed.
offers 'mntprop p' predict
ok "a command"
offers 'mntprop nothing'
ok "none"
offers 'mntprop nothing --'
ok "no options of none"
offers 'mntprop tree --so' --source
ok "an option"
offers 'mntprop tree --source ' module proc
ok "a value, after a blank"
offers 'mntprop tree --source p' proc
ok "the start of a value"
offers 'mntprop tree --color=a' auto always
ok "the start of one after ="
offers 'mntprop ns --color '
ok "which is no value of it after a blank"
offers 'mntprop unload '
ok "no argument of a command that takes none"
offers 'mntprop unload --to '
ok "nothing for an option that it does not take"
offers 'mntprop tree --interval='
ok "nor with ="
offers 'mntprop ns -o NS,ty' NS,TYPE
ok "a column, in whatever case"
offers 'mntprop ns -o +ro' +ROOT +ROOT-ID
ok "one more column"
offers 'mntprop ns -o ROOT,ro' ROOT,ROOT-ID
ok "no column twice"
offers 'mntprop tree --output=TARGET,MAJ:' MIN
ok "a column with a colon"
offers 'mntprop tree -o MAJ:MIN,TA' MIN,TARGET
ok "and one after it"
asks 'mntprop ns -o ' nospace
ok "no space after a column: more may follow"
offers 'mntprop tree -rno FST' FSTYPE
ok "letters together"
offers 'mntprop tree -- --' && offers 'mntprop tree -- --color='
ok "no options after --"

# Who.
completions "mntprop ns -F $story -N " | sort >"$tmp/out"
printf '%s\n' 1 1201 1302 1403 3f1c0d9be5a7 9b7e55aa10de 'web\ 1' | sort |
	diff "$tmp/out" - >"$tmp/err"
ok "who is in a saved snapshot"
offers "mntprop why -F $story / --to w" 'web\ 1'
ok "--to, the start of a name"
offers "mntprop tree --file=$story --task=9" 9b7e55aa10de
ok "and with ="
offers "mntprop tree -nF$story -N 9" 9b7e55aa10de
ok "and with letters together"
among 'mntprop tree -N ' none && ! among 'mntprop ns -N ' none
ok "none is of tree alone"
among "mntprop ns -N $$" $$
ok "a process of this machine"
among "mntprop tree -N /proc/$$/ns/mn" "/proc/$$/ns/mnt"
ok "a file that stands for a namespace"
mkdir -p "$tmp/files/dir/below"
among "mntprop why / --to 3f1c:$tmp/files/di" "$tmp/files/dir"
ok "a path after who"
among "mntprop why / --to $$:$tmp/files/di" "$tmp/files/dir/"
ok "the path of a process"
among "mntprop tree -N $$ $tmp/files/di" "$tmp/files/dir/" &&
	among "mntprop tree -N 3f1c $tmp/files/di" "$tmp/files/dir"
ok "a path as the process of -N has it"

# Containers of processes that seem to be in such cgroups.
id=3f1c0d9be5a74c3b8f2a6d1c0e9f8b7a3f1c0d9be5a74c3b8f2a6d1c0e9f8b7a
cat >"$tmp/containers" <<END
set -e
pids=
for cgroup in "docker-$id.scope" "docker-$id.scope/init" 'lxc.payload.a \$(b)' user.slice; do
	sleep 60 &
	pids="\$pids \$!"
	echo "0::/\$cgroup" >"$tmp/cgroup.\$!"
	mount --bind "$tmp/cgroup.\$!" /proc/\$!/cgroup
done
"$tool" --completion containers
kill \$pids
END
if unshare -rm true 2>/dev/null; then
	unshare -rm sh "$tmp/containers" >"$tmp/out" 2>"$tmp/err"
	# shellcheck disable=SC2016
	printf '%s\n' 'container 3f1c0d9be5a7' 'container a $(b)' >"$tmp/wanted"
	grep -Fx -f "$tmp/wanted" "$tmp/out" | diff - "$tmp/wanted" >"$tmp/err" &&
		! grep -q -e user -e "$id" "$tmp/out"
	ok "the tool's containers, each once, ids cut short"
else
	number=$((number + 1))
	echo "ok $number the tool's containers # SKIP no mount namespace can be made here"
fi

# A tool that says what it is told to: names that a container could have.
mkdir "$tmp/stub"
cat >"$tmp/stub/mntprop" <<'END'
#!/bin/sh
case $* in
'--completion containers') cat "$NAMES" ;;
*--completion*) exec "$REAL" "$@" ;;
*) echo "$*" >>"$CALLED" ;;
esac
END
chmod +x "$tmp/stub/mntprop"
export REAL="$tool" NAMES="$tmp/names" CALLED="$tmp/called"
: >"$CALLED"
# shellcheck disable=SC2016
printf 'container %s\n' 3f1c0d9be5a7 '$(touch pwned)' '`touch pwned`' "it's" 'a b;c' >"$NAMES"
cd "$tmp/files" || exit 2
# shellcheck disable=SC2016
PATH=$tmp/stub:$PATH offers 'mntprop ns -N ' 3f1c0d9be5a7 '\$\(touch\ pwned\)' \
	'\`touch\ pwned\`' "it\\'s" 'a\ b\;c'
ok "containers: names are quoted"
PATH=$tmp/stub:$PATH offers 'mntprop ns -N "' 3f1c0d9be5a7
ok "in quotes only what needs none"
PATH=$tmp/stub:$PATH completions 'mntprop groups ' 'mntprop graph --group ' \
	'mntprop tree /' 'mntprop -F - ' 'mntprop groups -F - ' >/dev/null
[ ! -s "$CALLED" ]
ok "no snapshot is taken"

# Peer groups.
sed -n 's/ - .*//; s/.* shared:\([0-9]*\).*/\1/p' /proc/self/mountinfo | sort -u >"$tmp/wanted"
completions 'mntprop groups ' | sort -u >"$tmp/out"
sed 's/ - .*//' /proc/self/mountinfo | grep -o 'master:[0-9]*' | sed 's/.*://' |
	sort -u - "$tmp/wanted" | diff "$tmp/out" - >"$tmp/err"
ok "groups of this namespace"
offers "mntprop groups -F $story 5" 5 50 51
ok "groups of a saved snapshot"
offers "mntprop graph -F $story --group 6" 6 60
ok "graph --group"

# Files, whatever they are called.
newline='
'
# shellcheck disable=SC2016
for name in 'a b' 'b$(touch pwned)' "c'q" 'j"q' "e${newline}line" 'f`touch pwned`' \
	'g;touch pwned' 'h=x:y' 'i*' 'k\x' 'lé' 'm&touch pwned' '-n' 'o{1,2}'; do
	: >"$name"
done
for first in a b c e f g h i j k l m; do
	offers "mntprop save -F $first" "$(echo "$first"*)"
	ok "a file that begins with $first"
done
asks 'mntprop save -F a' filenames
ok "whose names readline is to quote"
offers 'mntprop save -F a\ ' 'a b' && offers 'mntprop save -F "a ' 'a b' &&
	offers "mntprop save -F 'a " 'a b' && offers 'mntprop save -F i\*' 'i*'
ok "the start of one, quoted"
offers 'mntprop tree --file=h' 'h=x:y' && offers 'mntprop tree --file=h=x:' 'y'
ok "one with = and :"
offers 'mntprop diff a' 'a b' && offers 'mntprop diff x a' 'a b' && offers 'mntprop diff x y a'
ok "as many as there can be"
offers 'mntprop diff -u a' 'a b' && offers 'mntprop diff -u x a' 'a b' &&
	offers 'mntprop diff -u x y a' && offers 'mntprop diff -u5 x y a'
ok "behind a letter that takes something only if it is joined to it"
offers 'mntprop predict umount di' dir && offers 'mntprop predict bind x di' dir &&
	offers 'mntprop predict setattr ro di' dir && offers 'mntprop predict remove di' dir
ok "paths of an operation"
: >"$HOME/at-home"
# shellcheck disable=SC2088
among 'mntprop save ~/at' '~/at-home'
ok "the home directory"
# shellcheck disable=SC2016
completions 'mntprop save -F $(touch pwned)' 'mntprop save -F $(touch pwned)/' \
	'mntprop save -F `touch pwned`' 'mntprop save -F "$(touch pwned)' \
	'mntprop save "`touch pwned`' 'mntprop $(touch pwned) ' '$(touch pwned) ' \
	'mntprop tree -N $(touch pwned)' 'mntprop tree --to $(touch pwned):/' \
	'mntprop tree -o $(touch pwned)' 'mntprop tree --$(touch pwned)=' \
	'mntprop tree -F b$(touch pwned) -N ' 'mntprop groups a[$(touch pwned)]' \
	'mntprop a[$(touch${IFS}pwned)] ' 'mntprop tree --a[$(touch${IFS}pwned)]=' \
	'mntprop tree --a[$(touch${IFS}pwned)] x' "mntprop tree -x'];touch pwned' " \
	>"$tmp/out"
[ ! -e pwned ]
ok "nothing that is typed is run"
bash -c 'shopt -s failglob; set -f; set -- "$@"; . "$0"' \
	"$here/completion.bash" "$script" 'mntprop save -F a' 'mntprop save -F zz' >"$tmp/out" 2>"$tmp/err"
grep -qx 'a b' "$tmp/out" && [ ! -s "$tmp/err" ]
ok "with failglob and noglob"

# The same typed to bash itself.
rm -f said
cat >"$tmp/stub/mntprop" <<'END'
#!/bin/sh
case $* in
*--completion*) exec "$REAL" "$@" ;;
esac
{
	printf '<%s>' "$@"
	echo
} >>"$SAID"
END
tab='	'
"$here/completion_pty.py" "$script" "$tmp/stub" "mntprop sav${tab}-F b$tab" "mntprop save a$tab" \
	"mntprop save c$tab" "mntprop save j$tab" "mntprop save e$tab" "mntprop save f$tab" \
	"mntprop save g$tab" "mntprop save --file=h$tab" "mntprop save \"a$tab" "mntprop save l$tab" \
	"mntprop tree --color=n$tab" "mntprop why / --to 1:/pro${tab}mounts" \
	>"$tmp/out" 2>"$tmp/err"
# shellcheck disable=SC2016
cat >"$tmp/wanted" <<END
<>
<save><-F><b\$(touch pwned)>
<save><a b>
<save><c'q>
<save><j"q>
<save><e
line>
<save><f\`touch pwned\`>
<save><g;touch pwned>
<save><--file=h=x:y>
<save><a b>
<save><lé>
<tree><--color=never>
<why></><--to><1:/proc/mounts>
END
diff "$tmp/out" "$tmp/wanted" >>"$tmp/err" && [ ! -e pwned ]
ok "typed to bash, each is one word and nothing is run"

echo "1..$number"
exit $failed
