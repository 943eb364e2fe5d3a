# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Completion of mntprop's command line for bash. What there is to complete the tool
# says itself, by --completion. Needs nothing of bash-completion, and takes no
# snapshot: with -F it reads the file.
#
# Nothing that is typed is evaluated, and no name is either: what has special
# characters is quoted before it goes into the line.

# Sets REPLY to what a word of the line stands for, variables and commands aside, and
# unclosed to the quote that is open at its end.
_mntprop_dequote() {
	local word=$1 quote='' c i
	REPLY=
	for ((i = 0; i < ${#word}; i++)); do
		c=${word:i:1}
		case $quote$c in
		\'\' | '""') quote= ;;
		\' | '"') quote=$c ;;
		\\)
			i=$((i + 1))
			REPLY+=${word:i:1}
			;;
		\"\\)
			i=$((i + 1))
			case ${word:i:1} in
			'"' | '$' | '`' | \\) REPLY+=${word:i:1} ;;
			*) REPLY+=$c${word:i:1} ;;
			esac
			;;
		*) REPLY+=$c ;;
		esac
	done
	unclosed=$quote
}

# Sets words to those of the line up to the cursor, which bash has cut at = and :
# too, and lead to the part of the last one that stays as it is.
_mntprop_words() {
	local rest=${COMP_LINE:0:COMP_POINT} word glued='' i
	words=() lead=
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		glued=1
		while [[ $rest == [[:blank:]]* ]]; do
			rest=${rest:1}
			glued=
		done
		((i < COMP_CWORD)) || word=$rest
		if [[ ${rest:0:${#word}} != "$word" ]]; then
			words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
			return
		fi
		rest=${rest:${#word}}
		if ((i && ${#glued})); then
			lead=${words[${#words[@]} - 1]}
			words[${#words[@]} - 1]+=$word
		else
			lead=
			words+=("$word")
		fi
	done
	[[ $word != [=:]* ]] || lead+=$word
}

# Of the word that begins as $value does, each of the arguments becomes a reply.
_mntprop_offer() {
	local word
	for word; do
		[[ $word == "$value"* ]] || continue
		word=$prefix$word
		word=${word:${#lead}}
		if [[ $word == *[!A-Za-z0-9_.:/@%+=,-]* ]]; then
			[[ -z $open_quote ]] || continue
			printf -v word %q "$word"
		fi
		COMPREPLY+=("$word")
	done
}

# Files and folders, seen from the folder in $1; readline quotes their names.
_mntprop_files() {
	local - root=${1-} file from shown='' failglob=
	set +f
	from=$root$value
	if [[ -z $root && $raw == "$prefix~/"* && $HOME ]]; then
		root=${HOME%/} shown='~'
		from=$root${value:1}
	fi
	! shopt -q failglob || failglob=1
	shopt -u failglob
	compopt -o filenames 2>/dev/null
	for file in "$from"*; do
		[[ -e $file || -L $file ]] || continue
		if [[ ${1-} && -d $file ]]; then
			file+=/
			compopt -o nospace 2>/dev/null
		fi
		file=$prefix$shown${file:${#root}}
		COMPREPLY+=("${file:${#lead}}")
	done
	[[ -z $failglob ]] || shopt -s failglob
}

# A list by commas, of which the last one is not complete.
_mntprop_columns() {
	local column have part
	local -a names=("${columns[@]}")
	((!with_to || !${#columns_to[@]})) || names=("${columns_to[@]}")
	[[ $value != +* ]] || prefix+=+ value=${value#+}
	have=
	[[ $value != *,* ]] || have=${value%,*},
	part=${value:${#have}}
	prefix+=$have
	value=
	for column in "${names[@]}"; do
		[[ $column == "${part^^}"* && ,${have^^} != *",$column,"* ]] ||
			continue
		_mntprop_offer "$column"
	done
	compopt -o nospace 2>/dev/null
}

# A list by commas of the arguments, of which the last one is not complete.
_mntprop_list() {
	local word have=''
	[[ $value != *,* ]] || have=${value%,*},
	value=${value:${#have}}
	prefix+=$have
	for word; do
		[[ ,$have == *",$word,"* ]] || _mntprop_offer "$word"
	done
	compopt -o nospace 2>/dev/null
}

# Sets REPLY to a cell of mntprop -r, in which \xHH stands for a byte.
_mntprop_cell() {
	local byte hex
	REPLY=
	while [[ $1 =~ ^([^\\]*)\\x([0-9a-f][0-9a-f])(.*)$ ]]; do
		hex=${BASH_REMATCH[2]}
		printf -v byte %b "\\x$hex"
		REPLY+=${BASH_REMATCH[1]}$byte
		set -- "${BASH_REMATCH[3]}"
	done
	REPLY+=$1
}

# Those that mntprop ns knows of a saved snapshot.
_mntprop_saved_who() {
	local line
	while IFS= read -r line; do
		[[ ${line#* } != [1-9]* ]] || _mntprop_offer "${line#* }"
		_mntprop_cell "${line%% *}"
		if [[ ${#REPLY} -eq 64 && $REPLY != *[!0-9a-f]* ]]; then
			REPLY=${REPLY:0:12}
		fi
		[[ -z $REPLY ]] || _mntprop_offer "$REPLY"
	done < <("$tool" ns -F "$file" -r -n -o CONTAINER,PID 2>/dev/null)
}

# Containers; process ids if there are none, or when a digit has been typed.
_mntprop_who() {
	local kind name pid found=''
	if [[ $value == */* ]]; then
		_mntprop_files
		return
	fi
	if [[ $file ]]; then
		_mntprop_saved_who
		return
	fi
	while read -r kind name; do
		[[ $kind == container ]] || continue
		_mntprop_offer "$name"
		found=1
	done < <("$tool" --completion containers 2>/dev/null)
	[[ $value == [0-9]* || -z $found ]] || return
	for pid in /proc/[0-9]*; do
		_mntprop_offer "${pid#/proc/}"
	done
}

# Paths as the process $1 has them, if it is one whose root can be seen.
_mntprop_paths_of() {
	if [[ $1 == [1-9]* && $1 != *[!0-9]* && -d /proc/$1/root/ ]]; then
		_mntprop_files "/proc/$1/root"
	else
		_mntprop_files
	fi
}

# WHO:PATH
_mntprop_who_and_path() {
	local who=${value%%:/*}
	if [[ $value != *:/* ]]; then
		_mntprop_who
		return
	fi
	prefix+=$who:
	value=${value:${#who}+1}
	_mntprop_paths_of "$who"
}

# Peer groups: of the caller's namespace, or all of a saved snapshot.
_mntprop_groups() {
	local line id seen=' '
	if [[ $file ]]; then
		while read -r id; do
			[[ $id == [1-9]* && $seen != *" $id "* ]] || continue
			seen+="$id "
			_mntprop_offer "$id"
		done < <("$tool" tree -F "$file" --all -r -n -o GROUP 2>/dev/null)
		return
	fi
	while read -r line; do
		line=${line%% - *}
		while [[ $line =~ (shared|master):([0-9]+)(.*) ]]; do
			id=${BASH_REMATCH[2]} line=${BASH_REMATCH[3]}
			[[ $seen != *" $id "* ]] || continue
			seen+="$id "
			_mntprop_offer "$id"
		done
	done 2>/dev/null </proc/self/mountinfo
}

# Of the module, as NAME=.
_mntprop_parameters() {
	local line
	while IFS=: read -r line _; do
		_mntprop_offer "$line="
	done < <(modinfo -p mntprop 2>/dev/null)
	compopt -o nospace 2>/dev/null
}

# What stands for an argument in --help: completes $value as such a one.
_mntprop_argument() {
	case $1 in
	*COL,*) _mntprop_columns ;;
	WHO)
		[[ $command != tree ]] || _mntprop_offer none
		_mntprop_who
		;;
	'WHO[:PATH]') _mntprop_who_and_path ;;
	ID) _mntprop_groups ;;
	OPERATION)
		# in one word, of graph: with its paths
		_mntprop_offer "${operations[@]}"
		[[ $command == predict ]] || compopt -o nospace 2>/dev/null
		;;
	PARAM=*) _mntprop_parameters ;;
	*PATH*) _mntprop_paths_of "$acting" ;;
	*FILE* | KO | A | B) _mntprop_files ;;
	esac
}

# The argument of an option.
_mntprop_value() {
	if [[ ${choices[$1]} ]]; then
		# shellcheck disable=SC2086 # a list
		_mntprop_offer ${choices[$1]}
	else
		_mntprop_argument "${takes[$1]}"
	fi
}

# What the command takes: fills in the arrays of _mntprop.
_mntprop_ask() {
	local kind word arg rest
	while read -r kind word arg rest; do
		case $kind in
		option)
			takes[$word]=${arg#-}
			choices[$word]=$rest
			[[ $word != --* ]] || long+=("$word")
			;;
		arguments) arguments=("$word" "$arg" "$rest") ;;
		operation)
			operations+=("$word")
			lists[$word]="$arg $rest"
			;;
		column) columns+=("$word") ;;
		column-to) columns_to+=("$word") ;;
		command) commands+=("$word") ;;
		esac
	done < <("$tool" "$@" --completion 2>/dev/null)
}

# Goes through the words before the last: how many arguments are among them, what is
# the first, and which option is waiting for its own.
_mntprop_walk() {
	local word i
	for ((i = 2; i < ${#words[@]} - 1; i++)); do
		_mntprop_dequote "${words[i]}"
		word=$REPLY
		if [[ $waits ]]; then
			_mntprop_take "$waits" "$word"
			waits=
		elif [[ $ended || $word != -?* ]]; then
			((position)) || first=$word
			position=$((position + 1))
		elif [[ $word == -- ]]; then
			ended=1
		elif [[ $word == --*=* ]]; then
			_mntprop_take "${word%%=*}" "${word#*=}"
		elif [[ $word == --* ]]; then
			[[ -z ${takes[$word]-} || ${takes[$word]} == '[='* ]] ||
				waits=$word
		else
			_mntprop_letters "$word"
		fi
	done
}

# -rnF FILE, -rnFFILE
_mntprop_letters() {
	local letters=${1:1} name
	while [[ $letters ]]; do
		name=-${letters:0:1}
		letters=${letters:1}
		[[ ${takes[$name]-} ]] || continue
		if [[ $letters ]]; then
			_mntprop_take "$name" "$letters"
		elif [[ ${takes[$name]} != '[='* ]]; then
			waits=$name
		fi
		return
	done
}

# An option with its argument has been given.
_mntprop_take() {
	case $1 in
	-F | --file)
		# - is the line's own input, and a pipe could be read but once
		[[ ! -f $2 || $command == load ]] || file=$2
		;;
	-N | --task) acting=$2 ;;
	--to) with_to=1 ;;
	esac
}

_mntprop_positional() {
	local -a list
	local all="${arguments[*]}"
	all=${all//[][]/}
	all=${all//.../}
	read -r -a list <<<"$all"
	((${#list[@]})) || return
	# what an operation takes before its path
	if [[ $first && $position -eq 1 && ${lists[$first]-} == *[a-z]* ]]; then
		# shellcheck disable=SC2086 # a list
		_mntprop_list ${lists[$first]}
		return
	fi
	if ((position >= ${#list[@]})); then
		[[ ${arguments[*]} == *...* ]] || return
		position=$((${#list[@]} - 1))
	fi
	_mntprop_argument "${list[position]}"
}

_mntprop_command_line() {
	local name
	_mntprop_ask "$command"
	((${#takes[@]})) || return
	_mntprop_walk
	if [[ $waits ]]; then
		_mntprop_value "$waits"
	elif [[ $value == --*=* && -z $ended ]]; then
		name=${value%%=*}
		[[ ${takes[$name]-} ]] || return
		prefix=$name=
		value=${value#*=}
		_mntprop_value "$name"
	elif [[ $value == -* && -z $ended ]]; then
		_mntprop_offer "${long[@]}"
	else
		_mntprop_positional
	fi
}

_mntprop() {
	local command='' first='' file='''' acting='' with_to='' waits='' position=0 ended=''
	local raw value prefix='' lead='' open_quote unclosed tool REPLY
	local -a words=() long=() arguments=() operations=() columns=() \
		columns_to=() commands=()
	local -A takes=() choices=() lists=()

	COMPREPLY=()
	_mntprop_words
	((${#words[@]} > 1)) || return
	_mntprop_dequote "${words[0]}"
	tool=$REPLY
	# shellcheck disable=SC2088 # as it was typed
	[[ ${words[0]} != '~/'* ]] || tool=$HOME${tool:1}
	# without root the path mostly leads not there
	type -P "$tool" >/dev/null || local PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
	type -P "$tool" >/dev/null || return
	_mntprop_dequote "${words[1]}"
	command=$REPLY
	_mntprop_dequote "$lead"
	lead=$REPLY
	raw=${words[${#words[@]} - 1]}
	_mntprop_dequote "$raw"
	value=$REPLY open_quote=$unclosed
	if ((${#words[@]} == 2)); then
		_mntprop_ask
		_mntprop_offer "${commands[@]}" --help --version
	elif [[ $command != -* ]]; then
		_mntprop_command_line
	fi
}

complete -F _mntprop mntprop
