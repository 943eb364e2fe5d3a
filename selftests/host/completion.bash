#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# completion.bash SCRIPT LINE [LINE...]: what completing each line at its end offers,
# one reply a line; then, with a tabulator before them, the options of compopt. Cuts a line to words as readline does with bash's defaults.

# shellcheck source=/dev/null
. "$1"
shift

compopt() {
	asked+=("$2")
}

# Quotes keep together; = and : are words of their own, runs of them too.
cut_words() {
	local rest=$1 quote='' c word='' kind='' i
	COMP_WORDS=()
	for ((i = 0; i < ${#rest}; i++)); do
		c=${rest:i:1}
		if [[ $quote ]]; then
			word+=$c
			[[ $c != "$quote" ]] || quote=
			continue
		fi
		case $c in
		[[:blank:]])
			[[ -z $kind ]] || COMP_WORDS+=("$word")
			word='' kind=''
			continue
			;;
		[=:])
			[[ $kind != word ]] || { COMP_WORDS+=("$word") && word=''; }
			kind='break'
			;;
		*)
			[[ $kind != 'break' ]] || { COMP_WORDS+=("$word") && word=''; }
			kind=word
			;;
		esac
		word+=$c
		case $c in
		\\)
			i=$((i + 1))
			word+=${rest:i:1}
			;;
		[\"\']) quote=$c ;;
		esac
	done
	COMP_WORDS+=("$word")
}

for line; do
	asked=() COMPREPLY=()
	cut_words "$line"
	COMP_LINE=$line COMP_POINT=${#line} COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_mntprop mntprop "${COMP_WORDS[COMP_CWORD]}" ''
	for reply in "${COMPREPLY[@]}"; do
		printf '%s\n' "$reply"
	done
	((!${#asked[@]})) || printf '\t%s\n' "${asked[*]}"
done
